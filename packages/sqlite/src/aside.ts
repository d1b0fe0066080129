import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WorkerError, type Answer, type Aside } from './worker-message.js';

/** A call that runs in a process of its own. */
export interface AsideCall {
  readonly result: Promise<unknown>;
  /** Ends it at once; its result is then rejected. */
  kill(): void;
}

/**
 * Runs one function in a process of its own: what takes minutes inside SQLite cannot be stopped in a thread, and a
 * process does not end before its threads do. Arguments and result are JSON.
 */
export function runAside(call: Aside): AsideCall {
  const child = fork(fileURLToPath(new URL('./database-process.js', import.meta.url)), { execArgv: [] });
  const result = new Promise<unknown>((resolve, reject) => {
    child.on('message', (answer: Answer) => {
      if (answer.kind === 'result') resolve(answer.result);
      if (answer.kind === 'error') reject(new WorkerError(answer.error));
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      reject(new Error(`Database process ended with ${signal ?? `code ${code ?? 0}`}`));
    });
    child.send(call);
  });
  return {
    result,
    kill() {
      child.kill('SIGKILL');
    },
  };
}
