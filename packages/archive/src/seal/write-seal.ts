import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, crc32, createDeflateRaw, gzip, inflateRaw } from 'node:zlib';
import type { KeptRecord } from '@bucky/catalog';

const inflate = promisify<Uint8Array, { finishFlush: number }, Buffer>(inflateRaw);
const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/** What a seal keeps of an Instance besides its metadata, of which it has the length. */
export type SealedInstance = Omit<KeptRecord, 'metadata' | 'frameTable'> & {
  /** Bytes of the Instance's DICOM JSON text, and their CRC-32. */
  readonly metadata: { readonly length: number; readonly crc32: number };
  /** In base64. */
  readonly frameTable?: string;
};

/** Length of the gzip header with the extra field that says how long the member is. */
export const sealHeaderLength = 24;

/** Writes the gzip header of a seal. @see RFC 1952 2.3.1, 2.3.1.1 */
export function sealHeader(memberLength: number): Buffer {
  // 0: magic (2), method deflate (1), flags FEXTRA (1), time (4), extra flags (1), system unknown (1)
  const header = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, ...Buffer.alloc(sealHeaderLength - 10)]);
  // 10: length of the extra field (2), its name `BK` (2), length of its value (2), the member's length (8)
  header.writeUInt16LE(12, 10);
  header.write('BK', 12, 'latin1');
  header.writeUInt16LE(8, 14);
  header.writeBigUInt64LE(BigInt(memberLength), 16);
  return header;
}

/**
 * Writes the seal of a Series into a file: one gzip member with all its metadata, just as it is sent, and behind it a
 * second one with what else a rebuild needs. Tells the length of the first and its CRC-32.
 */
export async function writeSeal(
  path: string,
  records: AsyncIterable<readonly KeptRecord[]>,
): Promise<{ readonly length: number; readonly crc32: number }> {
  const index: SealedInstance[] = [];
  const text = { crc32: 0, length: 0 };
  await pipeline(
    Readable.from(metadataText(records, index, text)),
    createDeflateRaw({ level: constants.Z_BEST_COMPRESSION }),
    createWriteStream(path, { flags: 'wx', mode: 0o600, start: sealHeaderLength }),
  );
  const file = await open(path, 'r+');
  try {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(text.crc32, 0);
    trailer.writeUInt32LE(text.length % 2 ** 32, 4);
    const { size } = await file.stat();
    const length = size + trailer.length;
    await file.write(sealHeader(length), 0, sealHeaderLength, 0);
    await file.write(trailer, 0, trailer.length, size);
    const tail = await compress(Buffer.from(JSON.stringify({ instances: index })), { level: 9 });
    await file.write(tail, 0, tail.length, length);
    return { length, crc32: await sumOf(file, length) };
  } finally {
    await file.close();
  }
}

/** Gives the JSON array of all metadata, and takes down what else is kept of each Instance while it goes by. */
async function* metadataText(
  records: AsyncIterable<readonly KeptRecord[]>,
  index: SealedInstance[],
  sum: { crc32: number; length: number },
): AsyncGenerator<Uint8Array> {
  const counted = (bytes: Uint8Array): Uint8Array => {
    sum.crc32 = crc32(bytes, sum.crc32);
    sum.length += bytes.length;
    return bytes;
  };
  let separator = '[';
  for await (const batch of records) {
    for (const record of batch) {
      yield counted(Buffer.from(separator));
      yield counted(await inflate(record.metadata.deflated, { finishFlush: constants.Z_SYNC_FLUSH }));
      index.push(sealedInstance(record));
      separator = ',';
    }
  }
  yield counted(Buffer.from(separator === '[' ? '[]' : ']'));
}

function sealedInstance({ metadata, frameTable, ...rest }: KeptRecord): SealedInstance {
  const { length, crc32 } = metadata;
  return {
    ...rest,
    metadata: { length, crc32 },
    ...(frameTable === undefined ? {} : { frameTable: Buffer.from(frameTable).toString('base64') }),
  };
}

async function sumOf(file: Awaited<ReturnType<typeof open>>, length: number): Promise<number> {
  let sum = 0;
  const block = Buffer.alloc(65_536);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(block, 0, Math.min(block.length, length - at), at);
    if (bytesRead === 0) break;
    sum = crc32(block.subarray(0, bytesRead), sum);
    at += bytesRead;
  }
  return sum;
}
