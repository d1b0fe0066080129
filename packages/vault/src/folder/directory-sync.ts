import { open } from 'node:fs/promises';
import { isErrno } from './folder-error.js';

interface Syncing {
  readonly running: Promise<void>;
  next: Promise<void> | undefined;
}

/**
 * Makes entries of directories durable. Calls for one directory that arrive while it is being synced share the next
 * sync: the one that runs may have begun before their entry was made. 500 objects that arrive at once thus cost a few
 * syncs, not 500.
 */
export class DirectorySync {
  readonly #syncing = new Map<string, Syncing>();
  /** False once the file system has said that it does not sync directories. */
  supported = true;

  sync(directory: string): Promise<void> {
    const syncing = this.#syncing.get(directory);
    if (syncing === undefined) return this.#start(directory);
    syncing.next ??= syncing.running.then(ignore, ignore).then(() => this.#start(directory));
    return syncing.next;
  }

  #start(directory: string): Promise<void> {
    const running = this.#syncNow(directory);
    const syncing: Syncing = { running, next: undefined };
    this.#syncing.set(directory, syncing);
    const forget = () => {
      if (syncing.next === undefined) this.#syncing.delete(directory);
    };
    running.then(forget, forget);
    return running;
  }

  async #syncNow(directory: string): Promise<void> {
    const handle = await open(directory, 'r');
    try {
      await handle.sync();
    } catch (error) {
      if (!isErrno(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
      this.supported = false; // Some network file systems; `check` tells.
    } finally {
      await handle.close();
    }
  }
}

function ignore(): void {
  // A sync that failed has told those who waited for it; the next one starts anew.
}
