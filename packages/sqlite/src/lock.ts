import { DatabaseSync } from '@photostructure/sqlite';

/** A lock that is held; it also ends with the process, however that ends. */
export interface Lock {
  release(): void;
}

/** SQLite's result codes for a lock that somebody else holds. */
const busy = new Set([5, 6]);

/**
 * Takes an exclusive lock of the operating system on a small file of its own, made where it is missing; undefined when
 * another process, or this one, holds it. The file must not be opened by other means: on POSIX systems closing any
 * descriptor of a file drops the locks of the whole process on it.
 */
export function tryLock(file: string): Lock | undefined {
  const connection = new DatabaseSync(file, { timeout: 0 });
  try {
    connection.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    const { errcode } = error as { errcode?: unknown };
    if (typeof errcode === 'number' && busy.has(errcode & 0xff)) return undefined;
    throw error;
  }
  return {
    release() {
      if (connection.isOpen) connection.close();
    },
  };
}
