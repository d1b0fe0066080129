/** Turns the bytes of each word of `size` bytes round, in place; bytes left over at the end stay as they are. */
export function swapWords(bytes: Buffer, size: number): Buffer {
  const whole = bytes.subarray(0, bytes.length - (bytes.length % size));
  if (size === 2) whole.swap16();
  else if (size === 4) whole.swap32();
  else if (size === 8) whole.swap64();
  return bytes;
}
