import type { ByteRange, Bytes } from '@bucky/dicom';

/** A name inside a vault that `layout.ts` made: `/`-separated segments of safe characters, none empty, none `.` or `..`. */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

export interface StoredObject {
  readonly size: number;
}

export interface ListedObject extends StoredObject {
  readonly key: ObjectKey;
}

export interface PutOptions {
  /** Length in bytes when the sender knows it; a body of another length is refused as `corrupt`. */
  readonly size?: number;
  readonly signal?: AbortSignal;
}

export interface ReadOptions {
  /** Must lie within the object; without it the whole. */
  readonly range?: ByteRange;
  readonly signal?: AbortSignal;
}

/**
 * The bytes that must not be lost: an S3 bucket or a folder with the same layout. Nothing in it is moved, renamed or
 * replaced. `contract.ts` holds the tests that each implementation passes.
 */
export interface Vault {
  /**
   * Stores a new object. Resolves once it is durable under its key, whole; until then, and after a failure, a crash or
   * an abort, nobody can read anything under that key. Reads `body` with back-pressure, holding a bounded part of it.
   * Throws `exists` when the key is taken (its object stays), `full` when there is no room, `aborted`, `unavailable`;
   * what `body` throws is passed on.
   */
  putNew(key: ObjectKey, body: Bytes, options?: PutOptions): Promise<StoredObject>;
  /**
   * Opens an object. Rejects with `not-found` or `range-unsatisfiable` before the first byte; later trouble (`unavailable`,
   * `damaged`) is thrown by the iteration. Leaving the iteration early closes what was opened.
   */
  read(key: ObjectKey, options?: ReadOptions): Promise<Bytes>;
  stat(key: ObjectKey): Promise<StoredObject | undefined>;
  /** Objects whose key begins with `prefix`, in the order of their keys' UTF-8 bytes, after the key `after`. */
  list(
    prefix: string,
    options?: { readonly after?: ObjectKey; readonly signal?: AbortSignal },
  ): AsyncIterable<ListedObject>;
  /** Removes an object; one that is not there is no error. */
  delete(key: ObjectKey): Promise<void>;
  /**
   * Proves that the vault can be used, and that the store does what is asked of it: writes, reads back, refuses to
   * replace, deletes. Throws `unavailable` or `configuration` with a sentence that says what to do; returns what the
   * store silently ignores.
   */
  check(): Promise<readonly string[]>;
  /** Bytes free for new objects, where there is a limit to know of. */
  freeBytes(): Promise<number | undefined>;
  close(): Promise<void>;
}
