import { Worker } from 'node:worker_threads';
import { errorMessage, WorkerError, type Answer, type Call, type WorkerStart } from './worker-message.js';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** This thread's end of a database worker: calls go in, in order, and come back as promises. */
export class DatabaseThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  readonly #ended: Promise<void>;
  #calls = 0;
  #closing = false;
  /** Why no call can be answered any more. */
  #dead: Error | undefined;

  /** Starts a worker; resolves when its connection is open, and rejects with what kept it from that. */
  static async start(start: WorkerStart): Promise<DatabaseThread> {
    const thread = new DatabaseThread(start);
    await thread.#ready;
    return thread;
  }

  private constructor(start: WorkerStart) {
    this.#worker = new Worker(new URL('./database-worker.js', import.meta.url), { workerData: start });
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#die(new Error(this.#closing ? 'Database is closed' : `Database worker ended with code ${code}`));
        resolve();
      });
    });
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (answer: Answer) => {
        if (answer.kind === 'ready') resolve();
        else if (answer.kind === 'failed') this.#die(new WorkerError(answer.error));
        else this.#settle(answer);
      });
      this.#worker.on('error', (error) => {
        this.#die(new WorkerError(errorMessage(error)));
      });
      void this.#ended.then(() => {
        reject(this.#dead ?? new Error('Database is closed'));
      });
    });
  }

  /** True once no call can be answered any more, closed or not. */
  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  /** Resolves when the thread has ended: with why, where it was not closed. */
  async ended(): Promise<Error | undefined> {
    await this.#ended;
    return this.#closing ? undefined : this.#dead;
  }

  /** How many calls are on their way. */
  get load(): number {
    return this.#waiting.size;
  }

  /** Runs a function of the module in the worker. Its errors arrive as {@link WorkerError}. */
  run(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    if (this.#closing) return Promise.reject(new Error('Database is closed'));
    const id = this.#calls++;
    return new Promise((resolve, reject) => {
      this.#send({ id, name, args }); // throws what cannot be cloned, before anybody waits for it
      this.#waiting.set(id, { resolve, reject });
    });
  }

  /** Takes no more calls, lets those on their way finish, closes the connection. */
  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#send('close');
    }
    await this.#ended;
  }

  #send(call: Call): void {
    this.#worker.postMessage(call);
  }

  #settle(answer: Extract<Answer, { id: number }>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.kind === 'result') waiting?.resolve(answer.result);
    else waiting?.reject(new WorkerError(answer.error));
  }

  #die(error: Error): void {
    this.#dead ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#dead);
    this.#waiting.clear();
  }
}
