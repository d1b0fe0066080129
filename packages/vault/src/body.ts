import { BuckyError, type Bytes } from '@bucky/dicom';
import type { PutOptions } from './vault.js';

/**
 * Passes a body on, chunk by chunk as it is asked for, and sees to what every `putNew` promises: `corrupt` for a body
 * that is not as long as announced, `aborted` at once when the signal fires, even while the body itself is silent.
 */
export async function* checkedBody(body: Bytes, { size, signal }: PutOptions): Bytes {
  const source = body[Symbol.asyncIterator]();
  const next = signal === undefined ? () => source.next() : abortable(() => source.next(), signal);
  let length = 0;
  let done = false;
  try {
    for (let step = await next(); step.done !== true; step = await next()) {
      length += step.value.length;
      if (size !== undefined && length > size) throw wrongLength(size, `more than ${size}`);
      if (step.value.length > 0) yield step.value;
    }
    done = true;
    if (size !== undefined && length < size) throw wrongLength(size, String(length));
  } finally {
    // Not awaited: a generator that still waits for its sender would let this wait as long.
    if (!done) source.return?.().catch(() => undefined);
  }
}

/** Makes the error of an operation that its caller gave up. */
export function abortedError(signal: AbortSignal): BuckyError {
  return new BuckyError('aborted', 'The operation was given up by its caller', { cause: signal.reason });
}

/** Throws `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortedError(signal);
}

/** Makes each call reject when the signal fires; no listener is left behind. */
function abortable<Result>(call: () => Promise<Result>, signal: AbortSignal): () => Promise<Result> {
  return () =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(abortedError(signal));
        return;
      }
      const onAbort = () => {
        reject(abortedError(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      call()
        .finally(() => {
          signal.removeEventListener('abort', onAbort);
        })
        .then(resolve, reject);
    });
}

function wrongLength(announced: number, seen: string): BuckyError {
  return new BuckyError('corrupt', `Cannot store a body of ${seen} bytes that was announced as ${announced} bytes`);
}
