/** What a worker thread is started with. */
export interface WorkerStart {
  readonly file: string;
  /** URL of the module whose exported functions it runs. */
  readonly module: string;
  readonly readOnly: boolean;
}

/** A call on its way to a process of its own. */
export interface Aside {
  readonly file: string;
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** A call on its way to a worker thread; `close` ends it after what was sent before. */
export type Call = { readonly id: number; readonly name: string; readonly args: readonly unknown[] } | 'close';

/** An error as it crosses threads: structured clone would drop the class and every field but the text. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** `code` of the error, where it is text, and SQLite's own result code. */
  readonly code: string | undefined;
  readonly errcode: number | undefined;
}

/** What a worker thread answers; `ready` or `failed` comes first, once. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: ErrorMessage }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorMessage };

/** An error thrown by a function in a worker thread. */
export class WorkerError extends Error {
  /** `code` of the error that was thrown, where it had one. */
  readonly code: string | undefined;
  /** SQLite's result code, where SQLite threw it; the low byte is the primary one. */
  readonly errcode: number | undefined;

  constructor({ name, message, stack, code, errcode }: ErrorMessage) {
    super(message);
    this.name = name;
    this.code = code;
    this.errcode = errcode;
    if (stack !== undefined) this.stack = stack;
  }
}

/** Makes of anything thrown what can cross threads; an Error of another realm is one too. */
export function errorMessage(thrown: unknown): ErrorMessage {
  const { name, message, stack, code, errcode } = Object(thrown) as Readonly<Record<keyof ErrorMessage, unknown>>;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : String(thrown),
    stack: typeof stack === 'string' ? stack : undefined,
    code: typeof code === 'string' ? code : undefined,
    errcode: typeof errcode === 'number' ? errcode : undefined,
  };
}
