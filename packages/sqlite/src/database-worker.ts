/** A worker thread with a connection of its own, which runs the functions of one module; started by `database-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Database } from './database.js';
import { migrate } from './migrate.js';
import { errorMessage, type Answer, type Call, type WorkerStart } from './worker-message.js';

const { file, module, readOnly } = workerData as WorkerStart;
const port = parentPort!;

let functions: Readonly<Record<string, unknown>> = {};
/** A reader opens at its first call, so that it can load while the writer still creates the file. */
let opened: Database | undefined;

function connection(): Database {
  return (opened ??= new Database({ file, readOnly }));
}

function perform(name: string, args: readonly unknown[]): unknown {
  const work = functions[name];
  if (typeof work !== 'function') throw new TypeError(`Module of the database worker exports no function ${name}`);
  const database = connection();
  const call = () => (work as (database: Database, ...args: readonly unknown[]) => unknown)(database, ...args);
  return readOnly ? call() : database.transaction(call);
}

function answer(message: Answer): void {
  port.postMessage(message);
}

function close(): void {
  opened?.close();
  port.close();
}

port.on('message', (call: Call) => {
  if (call === 'close') {
    close();
    return;
  }
  try {
    answer({ kind: 'result', id: call.id, result: perform(call.name, call.args) });
  } catch (error) {
    answer({ kind: 'error', id: call.id, error: errorMessage(error) });
  }
});

try {
  functions = (await import(module)) as Readonly<Record<string, unknown>>;
  if (!readOnly) migrate(connection(), (functions['migrations'] ?? []) as readonly string[]);
  answer({ kind: 'ready' });
} catch (error) {
  answer({ kind: 'failed', error: errorMessage(error) });
  close();
}
