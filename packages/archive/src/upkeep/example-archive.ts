/** For tests: an archive in memory and a temporary folder, and files in it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openCatalog } from '@bucky/catalog';
import { memoryVault, type ObjectKey, type Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { exampleFile, type ExampleFile } from '../example-file.js';
import { openArchive } from '../open-archive.js';
import type { ReceiveOutcome } from '../receive/outcome.js';
import { takeInstance } from '../receive/receive-instance.js';

/** An archive whose catalog can be thrown away. */
export interface ExampleArchive {
  readonly vault: Vault;
  /** Opens the archive over the one vault, with an empty catalog of its own. */
  open(): Promise<Archive>;
  remove(): Promise<void>;
}

/** Makes a vault and a folder; a test may put a vault of its own around the one in memory. */
export async function exampleArchive(around: (vault: Vault) => Vault = (vault) => vault): Promise<ExampleArchive> {
  const folder = await mkdtemp(join(tmpdir(), 'bucky-upkeep-'));
  const vault = around(memoryVault());
  const opened: Archive[] = [];
  return {
    vault,
    async open() {
      const own = join(folder, String(opened.length));
      const catalog = await openCatalog({ file: `${own}.sqlite`, readers: 1 });
      const archive = await openArchive({ vault, catalog, folder: own });
      opened.push(archive);
      return archive;
    },
    async remove() {
      for (const archive of opened) await archive.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Stores an example file. */
export async function storeExample(archive: Archive, file: ExampleFile): Promise<ReceiveOutcome> {
  const taken = await takeInstance(archive, Readable.from([exampleFile(file)]), { source: 'test' });
  return taken.outcome;
}

/** Keys of the objects in a vault that begin with a text. */
export async function keysOf(vault: Vault, prefix = ''): Promise<ObjectKey[]> {
  const keys: ObjectKey[] = [];
  for await (const { key } of vault.list(prefix)) keys.push(key);
  return keys;
}

/** Puts bytes in place of an object, as a disk that fails does. */
export async function spoil(vault: Vault, key: ObjectKey, bytes: Uint8Array): Promise<void> {
  await vault.delete(key);
  await vault.putNew(key, Readable.from([bytes]));
}

/** Collects all that an iteration gives. */
export async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const event of events) found.push(event);
  return found;
}
