/** A process of its own that runs one function on a connection that reads, answers and ends; started by `aside.ts`. */
import { Database } from './database.js';
import { errorMessage, type Aside, type Answer } from './worker-message.js';

function answer(message: Answer): void {
  process.send?.(message, () => {
    process.disconnect();
  });
}

process.once('message', ({ file, module, name, args }: Aside) => {
  void import(module)
    .then((functions: Readonly<Record<string, unknown>>) => {
      const work = functions[name] as (database: Database, ...args: readonly unknown[]) => unknown;
      const database = new Database({ file, readOnly: true });
      const result = work(database, ...args);
      database.close();
      answer({ kind: 'result', id: 0, result });
    })
    .catch((error: unknown) => {
      answer({ kind: 'error', id: 0, error: errorMessage(error) });
    });
});
