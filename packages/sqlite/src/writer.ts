import { DatabaseThread } from './database-thread.js';

/** The one connection that writes to a database, in a thread of its own. */
export interface Writer {
  /** Runs a function that the module exports, in one transaction; what it throws undoes all of it. */
  run(name: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Resolves when the thread has ended: with why, where it was not closed. Nothing can be written then any more. */
  readonly ended: Promise<Error | undefined>;
  /** Finishes what was asked before, then closes. */
  close(): Promise<void>;
}

export interface OpenWriter {
  readonly file: string;
  /**
   * A module that exports functions `(database, ...args) => result` and `migrations`, an array of SQL texts that are run
   * in order before anything else. Arguments and results are plain data.
   */
  readonly module: URL;
}

/** Opens a database for writing, creates it where it is missing and brings its schema up to date. */
export async function openWriter({ file, module }: OpenWriter): Promise<Writer> {
  const thread = await DatabaseThread.start({ file, module: module.href, readOnly: false });
  return { run: (name, ...args) => thread.run(name, args), ended: thread.ended(), close: () => thread.close() };
}
