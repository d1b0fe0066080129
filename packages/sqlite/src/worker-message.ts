/** What a worker thread is started with. */
export interface WorkerStart {
  readonly file: string;
  /** URL of the module whose exported functions it runs. */
  readonly module: string;
  readonly readOnly: boolean;
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

/** What a worker thread answers; `ready` comes first, once. */
export type Answer =
  | { readonly kind: 'ready' }
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

/** Makes of anything thrown what can cross threads. */
export function errorMessage(thrown: unknown): ErrorMessage {
  if (!(thrown instanceof Error)) {
    return { name: 'Error', message: String(thrown), stack: undefined, code: undefined, errcode: undefined };
  }
  const { name, message, stack } = thrown;
  const { code, errcode } = thrown as { code?: unknown; errcode?: unknown };
  return {
    name,
    message,
    stack,
    code: typeof code === 'string' ? code : undefined,
    errcode: typeof errcode === 'number' ? errcode : undefined,
  };
}
