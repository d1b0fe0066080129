import { randomBytes } from 'node:crypto';
import { BuckyError } from '@bucky/dicom';
import { checkKey } from './layout.js';
import type { Vault } from './vault.js';

/**
 * Walks a small object through a vault: stored, read back, not replaced, listed, deleted. Throws `unavailable` when the
 * store does not do what it says, and what the vault throws.
 * @param vault - what is proved
 * @returns whether a second put under the same key was refused
 */
export async function proveVault(vault: Vault): Promise<{ readonly keepsFirst: boolean }> {
  const key = checkKey(randomBytes(12).toString('hex'));
  const first = randomBytes(64);
  await vault.putNew(key, one(first), { size: first.length });
  try {
    const keepsFirst = await refusesToReplace(vault, key);
    const back = await readAll(vault, key);
    if (keepsFirst && !back.equals(first)) throw failure('what is read back is not what was stored');
    const listed = [];
    for await (const object of vault.list(key)) listed.push(object.key);
    if (!listed.includes(key)) throw failure('a stored object is not listed');
    await vault.delete(key);
    if ((await vault.stat(key)) !== undefined) throw failure('a deleted object is still there');
    return { keepsFirst };
  } finally {
    await vault.delete(key);
  }
}

async function refusesToReplace(vault: Vault, key: ReturnType<typeof checkKey>): Promise<boolean> {
  try {
    await vault.putNew(key, one(randomBytes(64)));
    return false;
  } catch (error) {
    if (error instanceof BuckyError && error.code === 'exists') return true;
    throw error;
  }
}

async function readAll(vault: Vault, key: ReturnType<typeof checkKey>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of await vault.read(key)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// eslint-disable-next-line @typescript-eslint/require-await -- a body is asynchronous
async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function failure(what: string): BuckyError {
  return new BuckyError('unavailable', `Cannot use this vault: ${what}; choose another store or repair this one`);
}
