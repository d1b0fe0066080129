import { DatabaseThread } from './database-thread.js';

/** Connections that read a database, each in a thread of its own, so that no search stalls the event loop. */
export interface Readers {
  /** Runs a function that the module exports in the least busy thread. */
  run(name: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Runs one that may take minutes in a thread that is started for it; closing does not wait for it. */
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

/** Opens connections that read a database, which must exist. */
export async function openReaders({ file, module, count }: OpenReaders): Promise<Readers> {
  const start = { file, module: module.href, readOnly: true };
  const threads = await Promise.all(Array.from({ length: count }, () => DatabaseThread.start(start)));
  const aside = new Set<DatabaseThread>();
  return {
    run(name, ...args) {
      return threads.reduce((idlest, thread) => (thread.load < idlest.load ? thread : idlest)).run(name, args);
    },
    async runAside(name, ...args) {
      const thread = await DatabaseThread.start(start);
      aside.add(thread);
      try {
        return await thread.run(name, args);
      } finally {
        aside.delete(thread);
        await thread.kill();
      }
    },
    async close() {
      await Promise.all([...aside].map((thread) => thread.kill()));
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
