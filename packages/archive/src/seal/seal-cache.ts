import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Seal } from '@bucky/catalog';
import type { Bytes } from '@bucky/dicom';
import type { ObjectKey, Vault } from '@bucky/vault';
import { checked, joined } from '../retrieve/stored-bytes.js';

/** A seal whose member is larger is not kept: it is read from the vault as it is sent. */
const largestKept = 16 * 2 ** 20;

/** Sealed metadata on the local disk: what is asked for first of a study should not wait for a store far away. */
export interface SealCache {
  /** Takes over a file just written: its first bytes are the member that is sent. */
  keep(seal: Seal, path: string): Promise<void>;
  /** Opens the sealed metadata, from the disk or the vault. Throws what the vault throws. */
  open(seal: Seal): Promise<Bytes>;
}

/** Opens the cache in a folder; it holds at most `limit` bytes, and loses the oldest first. Its loss costs nothing. */
export async function sealCache(
  vault: Vault,
  { folder, limit }: { readonly folder: string; readonly limit: number },
): Promise<SealCache> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let size = await sizeOf(folder);
  const pathOf = ({ key }: Seal): string => join(folder, key.split('.').at(-3)!); // the receipt
  const makeRoom = async (bytes: number): Promise<void> => {
    size += bytes;
    if (size <= limit) return;
    for (const name of (await readdir(folder)).sort()) {
      const path = join(folder, name);
      size -= (await stat(path).catch(() => undefined))?.size ?? 0;
      await rm(path, { force: true });
      if (size <= limit * 0.9) return;
    }
  };
  const put = async (seal: Seal, bytes: Uint8Array): Promise<void> => {
    const draft = `${pathOf(seal)}.${randomUUID()}`;
    await writeFile(draft, bytes, { mode: 0o600 });
    await rename(draft, pathOf(seal));
    await makeRoom(bytes.length);
  };
  return {
    async keep(seal, path) {
      if (seal.length > largestKept) return;
      await rename(path, pathOf(seal));
      await makeRoom((await stat(pathOf(seal))).size);
    },
    async open(seal) {
      const { key, length } = seal;
      const kept = length > largestKept ? undefined : await readKept(pathOf(seal), seal);
      if (kept !== undefined) return Readable.from([kept]);
      // The catalog keeps only keys that the vault's layout has made.
      const bytes = checked(await vault.read(key as ObjectKey, { range: { start: 0, end: length } }), {
        crc32: seal.crc32,
        what: 'a seal',
      });
      if (length > largestKept) return bytes;
      const whole = await joined(bytes);
      await put(seal, whole).catch(() => undefined); // a cache that cannot be written costs time, nothing else
      return Readable.from([whole]);
    },
  };
}

/** Reads the member of a seal that is kept; undefined when it is not, or no more what it was. */
async function readKept(path: string, { length, crc32: sum }: Seal): Promise<Uint8Array | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const member = Buffer.alloc(length);
    const { bytesRead } = await file.read(member, 0, length, 0);
    return bytesRead === length && crc32(member) === sum ? member : undefined;
  } finally {
    await file.close();
  }
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder)) size += (await stat(join(folder, name))).size;
  return size;
}
