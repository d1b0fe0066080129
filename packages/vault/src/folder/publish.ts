import { link, rename, stat } from 'node:fs/promises';
import { isErrno } from './folder-error.js';

/** What a file system answers that knows no hard links. */
const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'] as const;

/** Gives a file its final name unless that is taken; tells whether it did. The file may keep its first name as well. */
export class Publisher {
  readonly #link: typeof link;
  /** Names that are being given by rename, which would replace what is there. */
  readonly #renaming = new Set<string>();
  /** False once the file system has said that it knows no hard links. */
  links = true;

  constructor(linkFile: typeof link = link) {
    this.#link = linkFile;
  }

  async publish(from: string, to: string): Promise<boolean> {
    if (this.links) {
      try {
        await this.#link(from, to);
        return true;
      } catch (error) {
        if (isErrno(error, 'EEXIST')) return false;
        if (!isErrno(error, ...noLinks)) throw error;
        this.links = false;
      }
    }
    return this.#publishByRename(from, to);
  }

  /** Without links only this process is kept from replacing a file: it is the only one that writes here. */
  async #publishByRename(from: string, to: string): Promise<boolean> {
    if (this.#renaming.has(to)) return false;
    this.#renaming.add(to);
    try {
      if (await isThere(to)) return false;
      await rename(from, to);
      return true;
    } finally {
      this.#renaming.delete(to);
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}
