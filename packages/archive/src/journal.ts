import { appendFile, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BuckyError } from '@bucky/dicom';
import { isObjectKey, type ObjectKey, type Vault } from '@bucky/vault';

/** Keys in one of the two files: what is looked at after a crash, and what may be under way at once. */
const keysInFile = 2000;

/** Which keys were written of late, so that what a crash left half done is found without a look at the whole vault. */
export interface Journal {
  /** Takes down a key before its object is written. */
  note(key: ObjectKey): Promise<void>;
  /** Ends it in order: nothing was left half done. */
  close(): Promise<void>;
}

/**
 * Opens the journal of a folder; tells which keys one that did not end in order left. It is not synced: what a power cut
 * takes from it is left to the sweeper.
 */
export async function openJournal(folder: string): Promise<{ readonly journal: Journal; readonly left: ObjectKey[] }> {
  const [now, before] = [join(folder, 'journal'), join(folder, 'journal.before')];
  const left = [...(await readKeys(before)), ...(await readKeys(now))];
  let count = 0;
  let last: Promise<void> = rename(now, before).catch(ignoreMissing);
  const note = async (key: ObjectKey): Promise<void> => {
    if (count === keysInFile) {
      await rename(now, before).catch(ignoreMissing);
      count = 0;
    }
    count += 1;
    await appendFile(now, `${key}\n`, { mode: 0o600 });
  };
  return {
    left,
    journal: {
      note(key) {
        // One after the other, so that a file is never longer than it may be.
        const mine = last.then(() => note(key)).catch(refused);
        last = mine.catch(() => undefined);
        return mine;
      },
      async close() {
        await last;
        await rm(now, { force: true });
        await rm(before, { force: true });
      },
    },
  };
}

/** A vault that takes down what is written into it. */
export function journaled(vault: Vault, journal: Journal): Vault {
  return {
    putNew: async (key, body, options) => {
      await journal.note(key);
      return vault.putNew(key, body, options);
    },
    read: (key, options) => vault.read(key, options),
    stat: (key) => vault.stat(key),
    list: (prefix, options) => vault.list(prefix, options),
    delete: (key) => vault.delete(key),
    check: () => vault.check(),
    freeBytes: () => vault.freeBytes(),
    close: () => vault.close(),
  };
}

function refused(cause: unknown): never {
  const { code } = cause as { code?: string };
  if (code === 'ENOSPC') throw new BuckyError('full', 'The disk of the data folder is full', { cause });
  throw new BuckyError('unavailable', 'The data folder cannot be written', { cause });
}

async function readKeys(file: string): Promise<ObjectKey[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    ignoreMissing(error);
    return '';
  });
  return text.split('\n').filter(isObjectKey); // the last line may be cut
}

function ignoreMissing(error: unknown): void {
  if ((error as { code?: string }).code !== 'ENOENT') throw error;
}
