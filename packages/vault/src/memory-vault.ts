import { BuckyError, type Bytes } from '@bucky/dicom';
import { checkedBody, throwIfAborted } from './body.js';
import { assertKey, assertPrefix } from './layout.js';
import { proveVault } from './prove-vault.js';
import { assertRange } from './range.js';
import { takenError } from './taken-error.js';
import type { ListedObject, ObjectKey, Vault } from './vault.js';

/** Makes a vault that lives as long as the process: for tests of what stands on a vault. */
export function memoryVault(): Vault {
  const objects = new Map<ObjectKey, Uint8Array>();

  const vault: Vault = {
    async putNew(key, body, options = {}) {
      assertKey(key);
      throwIfAborted(options.signal);
      if (objects.has(key)) throw takenError(key);
      const chunks: Uint8Array[] = [];
      for await (const chunk of checkedBody(body, options)) chunks.push(Uint8Array.from(chunk));
      throwIfAborted(options.signal);
      if (objects.has(key)) throw takenError(key); // Another put may have won meanwhile.
      const bytes = Buffer.concat(chunks);
      objects.set(key, bytes);
      return { size: bytes.length };
    },

    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
    async read(key, { range, signal } = {}) {
      assertKey(key);
      throwIfAborted(signal);
      const bytes = objects.get(key);
      if (bytes === undefined) throw new BuckyError('not-found', `Cannot read ${key}: there is no such object`);
      if (range !== undefined) assertRange(range, bytes.length);
      return pieces(bytes.subarray(range?.start ?? 0, range?.end ?? bytes.length), signal);
    },

    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
    async stat(key) {
      assertKey(key);
      const bytes = objects.get(key);
      return bytes && { size: bytes.length };
    },

    // eslint-disable-next-line @typescript-eslint/require-await -- the contract lists asynchronously
    async *list(prefix, { after = '' as ObjectKey, signal } = {}) {
      assertPrefix(prefix);
      const found: ListedObject[] = [];
      for (const [key, { length }] of objects) {
        if (key.startsWith(prefix) && key > after) found.push({ key, size: length });
      }
      for (const object of found.sort((a, b) => (a.key < b.key ? -1 : 1))) {
        throwIfAborted(signal);
        yield object;
      }
    },

    // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
    async delete(key) {
      assertKey(key);
      objects.delete(key);
    },

    async check() {
      await proveVault(vault);
      return [];
    },

    freeBytes: () => Promise.resolve(undefined),

    close: () => Promise.resolve(),
  };
  return vault;
}

/** Gives out copies, as a store does: what a reader does to them leaves the object alone. */
// eslint-disable-next-line @typescript-eslint/require-await -- the contract reads asynchronously
async function* pieces(bytes: Uint8Array, signal: AbortSignal | undefined): Bytes {
  const pieceLength = 65536;
  for (let start = 0; start < bytes.length; start += pieceLength) {
    throwIfAborted(signal);
    yield Uint8Array.from(bytes.subarray(start, start + pieceLength));
  }
}
