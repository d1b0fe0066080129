import { runAside, type AsideCall } from './aside.js';
import { DatabaseThread } from './database-thread.js';

/**
 * Connections that read a database, each in a thread of its own, so that no search stalls the event loop. The calls of a
 * thread that dies are rejected; the next call starts another in its place.
 */
export interface Readers {
  /** Runs a function that the module exports in the least busy thread. */
  run(name: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Runs one that may take minutes in a process that is started for it; closing ends it. */
  runAside(name: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Finishes what was asked before, then closes. */
  close(): Promise<void>;
}

export interface OpenReaders {
  readonly file: string;
  /** A module that exports functions `(database, ...args) => result`. Arguments and results are plain data. */
  readonly module: URL;
  readonly count: number;
}

/** Opens connections that read a database, which must exist at the first call. */
export async function openReaders({ file, module, count }: OpenReaders): Promise<Readers> {
  const start = { file, module: module.href, readOnly: true };
  const threads = await Promise.all(Array.from({ length: count }, () => DatabaseThread.start(start)));
  let replacement: Promise<void> | undefined;
  const replaceDead = async (): Promise<void> => {
    for (const [index, { isDead }] of threads.entries()) if (isDead) threads[index] = await DatabaseThread.start(start);
  };
  const aside = new Set<AsideCall>();
  let closing = false;
  return {
    async run(name, ...args) {
      if (threads.some(({ isDead }) => isDead) && !closing) {
        replacement ??= replaceDead().finally(() => (replacement = undefined));
        await replacement;
      }
      return threads.reduce((idlest, thread) => (thread.load < idlest.load ? thread : idlest)).run(name, args);
    },
    async runAside(name, ...args) {
      const call = runAside({ file, module: module.href, name, args });
      aside.add(call);
      try {
        return await call.result;
      } finally {
        aside.delete(call);
      }
    },
    async close() {
      closing = true;
      await Promise.allSettled([replacement]); // whoever asked for it has been told
      for (const call of aside) call.kill();
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
