import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DirectorySync } from './directory-sync.js';
import { isErrno } from './folder-error.js';

/** How many directories are remembered as durable; the oldest is forgotten first, and then costs one sync again. */
const rememberedLimit = 10_000;

/**
 * Makes directories below a root that are still there after a crash. One found in place is synced into its parent like
 * a new one the first time: whoever made it may have died before the sync.
 */
export class DurableDirectories {
  readonly #root: string;
  readonly #sync: DirectorySync;
  readonly #durable = new Map<string, Promise<void>>();

  constructor(root: string, sync: DirectorySync) {
    this.#root = root;
    this.#sync = sync;
  }

  /** Resolves once the directory and all above it are durable. */
  ensure(directory: string): Promise<void> {
    if (directory === this.#root) return Promise.resolve();
    const known = this.#durable.get(directory);
    if (known !== undefined) return known;
    const made = this.#make(directory);
    this.#durable.set(directory, made);
    if (this.#durable.size > rememberedLimit) {
      const [oldest] = this.#durable.keys();
      if (oldest !== undefined) this.#durable.delete(oldest);
    }
    made.catch(() => {
      if (this.#durable.get(directory) === made) this.#durable.delete(directory);
    });
    return made;
  }

  /** Forgets a directory and all above it: one of them has gone. */
  forget(directory: string): void {
    for (let path = directory; path !== this.#root && path.length > this.#root.length; path = dirname(path)) {
      this.#durable.delete(path);
    }
  }

  async #make(directory: string): Promise<void> {
    const parent = dirname(directory);
    await this.ensure(parent);
    try {
      await mkdir(directory, { mode: 0o700 });
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    await this.#sync.sync(parent);
  }
}
