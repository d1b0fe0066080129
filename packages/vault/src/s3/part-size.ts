const mebibyte = 2 ** 20;
const least = 8 * mebibyte;
const partsAtMost = 10_000;

/** Up to this length a body is held whole and sent as one request. */
export const singleLimit = least;

/**
 * Says how long a part of an upload should be. Parts are equal where the length of the body is known, as some stores
 * want; else they double every thousand parts, so that 5 TiB, the longest object S3 takes, fits into its 10,000 parts
 * while a body of up to 8 GB is held in pieces of 8 MiB.
 */
export function partSize(partNumber: number, size: number | undefined): number {
  if (size === undefined) return least * 2 ** Math.floor((partNumber - 1) / 1000);
  return Math.max(least, Math.ceil(size / partsAtMost / mebibyte) * mebibyte);
}
