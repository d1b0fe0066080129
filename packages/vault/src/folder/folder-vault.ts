import { randomBytes } from 'node:crypto';
import { readdir, rm, rmdir, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BuckyError, type Bytes } from '@bucky/dicom';
import { checkedBody, throwIfAborted } from '../body.js';
import { assertKey, assertPrefix } from '../layout.js';
import { proveVault } from '../prove-vault.js';
import { takenError } from '../taken-error.js';
import type { ListedObject, ObjectKey, PutOptions, ReadOptions, StoredObject, Vault } from '../vault.js';
import { DirectorySync } from './directory-sync.js';
import { DurableDirectories } from './durable-directories.js';
import { folderError, isErrno } from './folder-error.js';
import { listFolder, sizeOf } from './list-folder.js';
import { makeFolder } from './make-folder.js';
import { Publisher } from './publish.js';
import { readFile } from './read-file.js';
import { writeFile } from './write-file.js';

/** How a folder vault is opened. */
export interface FolderVaultOptions {
  /** Made when it is missing; only one process may write in it. */
  readonly folder: string;
  /**
   * Takes an exclusive lock on a small file, made where it is missing; undefined when it is held. Without it the caller
   * sees to it that no other process writes in the folder.
   */
  readonly lock?: (file: string) => { release(): void } | undefined;
  /** Replaces how files get their names; for tests of file systems that we do not have. */
  readonly publisher?: Publisher;
}

/**
 * Opens a folder as vault and removes what an earlier process left half written. Throws `configuration`, and `locked` when
 * another process has it open.
 */
export async function openFolderVault({
  folder,
  lock,
  publisher = new Publisher(),
}: FolderVaultOptions): Promise<Vault> {
  const root = resolve(folder);
  const incoming = join(root, '.incoming');
  let held: Held | undefined;
  try {
    await makeFolder(incoming);
    held = lock === undefined ? unlocked : lock(join(root, '.lock'));
    if (held === undefined) throw new BuckyError('locked', `Another process has the vault ${root} open`);
    for (const name of await readdir(incoming)) await rm(join(incoming, name), { force: true, recursive: true });
    return new FolderVault(root, { publisher, held });
  } catch (error) {
    held?.release();
    if (error instanceof BuckyError) throw error;
    const { message } = folderError(error, `use ${root} as vault`) as Error;
    throw new BuckyError('configuration', message, { cause: error });
  }
}

interface Held {
  release(): void;
}

const unlocked: Held = { release: () => undefined };

/**
 * A vault in a folder. An object is written to `.incoming/`, synced, and then linked to its name: a link does not
 * replace, and it comes whole or not at all. Then the directories that got an entry are synced.
 */
class FolderVault implements Vault {
  readonly #root: string;
  readonly #publisher: Publisher;
  readonly #held: Held;
  readonly #sync = new DirectorySync();
  readonly #directories: DurableDirectories;

  constructor(root: string, { publisher, held }: { readonly publisher: Publisher; readonly held: Held }) {
    this.#root = root;
    this.#publisher = publisher;
    this.#held = held;
    this.#directories = new DurableDirectories(root, this.#sync);
  }

  async putNew(key: ObjectKey, body: Bytes, options: PutOptions = {}): Promise<StoredObject> {
    const path = this.#path(key);
    throwIfAborted(options.signal);
    const draft = join(this.#root, '.incoming', randomBytes(16).toString('hex'));
    try {
      if ((await sizeOf(path)) !== undefined) throw takenError(key); // Spares the sender the bytes; the link decides.
      const size = await writeFile(draft, checkedBody(body, options));
      throwIfAborted(options.signal);
      await this.#publish(draft, { path, key });
      return { size };
    } catch (error) {
      throw folderError(error, `store ${key}`);
    } finally {
      await rm(draft, { force: true }).catch(leave);
    }
  }

  async read(key: ObjectKey, options: ReadOptions = {}): Promise<Bytes> {
    return readFile(this.#path(key), key, options);
  }

  async stat(key: ObjectKey): Promise<StoredObject | undefined> {
    try {
      const size = await sizeOf(this.#path(key));
      return size === undefined ? undefined : { size };
    } catch (error) {
      throw folderError(error, `look at ${key}`);
    }
  }

  list(
    prefix: string,
    { after, signal }: { readonly after?: ObjectKey; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<ListedObject> {
    assertPrefix(prefix);
    return listFolder(this.#root, { prefix, after: after ?? '', signal });
  }

  async delete(key: ObjectKey): Promise<void> {
    const path = this.#path(key);
    try {
      if ((await sizeOf(path)) === undefined) return;
      await rm(path, { force: true });
      await this.#sync.sync(await this.#pruneAbove(path));
    } catch (error) {
      throw folderError(error, `delete ${key}`);
    }
  }

  async check(): Promise<readonly string[]> {
    await proveVault(this);
    const ignored: string[] = [];
    if (!this.#sync.supported) ignored.push('the file system does not sync folders: a power cut may lose new objects');
    if (!this.#publisher.links)
      ignored.push('the file system has no hard links: only this process is kept from replacing');
    return ignored;
  }

  async freeBytes(): Promise<number> {
    try {
      const { bavail, bsize } = await statfs(this.#root);
      return bavail * bsize;
    } catch (error) {
      throw folderError(error, 'ask for the free space of the folder');
    }
  }

  close(): Promise<void> {
    this.#held.release();
    return Promise.resolve();
  }

  #path(key: ObjectKey): string {
    assertKey(key);
    return join(this.#root, key);
  }

  /** Links a synced file to its name and makes the name durable; a name that cannot be made so is taken back. */
  async #publish(draft: string, { path, key }: { readonly path: string; readonly key: ObjectKey }): Promise<void> {
    const directory = dirname(path);
    if (!(await this.#link(draft, path))) throw takenError(key);
    try {
      await this.#sync.sync(directory);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** A directory may go between its making and the link, when its last object is deleted: then it is made again. */
  async #link(draft: string, path: string): Promise<boolean> {
    const directory = dirname(path);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#directories.ensure(directory);
        return await this.#publisher.publish(draft, path);
      } catch (error) {
        if (!isErrno(error, 'ENOENT') || attempt === 3) throw error;
        this.#directories.forget(directory);
      }
    }
  }

  /** Removes directories that have become empty; returns the lowest that stays. */
  async #pruneAbove(path: string): Promise<string> {
    let directory = dirname(path);
    for (; directory !== this.#root; directory = dirname(directory)) {
      try {
        await rmdir(directory);
      } catch (error) {
        if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return directory;
        if (!isErrno(error, 'ENOENT')) throw error; // ENOENT: another delete was quicker.
      }
      this.#directories.forget(directory);
    }
    return directory;
  }
}

function leave(): void {
  // How the put ended counts; a draft that stays is removed when the vault is opened again.
}
