import { once } from 'node:events';
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { BuckyError, type Bytes } from '@bucky/dicom';

/** Status and headers of an answer. */
export interface Head {
  readonly status?: number;
  readonly headers: OutgoingHttpHeaders;
}

/**
 * Sends a body as it comes. The head waits for the first bytes, so that what fails by then still gets a status of its own;
 * afterwards whatever it throws must end the connection. Throws `aborted` when nobody listens any more.
 */
export async function sendBody(res: ServerResponse, { status = 200, headers }: Head, body: Bytes): Promise<void> {
  const iterator = body[Symbol.asyncIterator]();
  let ended = false;
  try {
    let next = await iterator.next();
    if (res.destroyed) throw gone();
    res.writeHead(status, headers);
    for (; next.done !== true; next = await iterator.next()) {
      await write(res, next.value);
    }
    ended = true;
    res.end();
  } finally {
    if (!ended) await iterator.return?.();
  }
}

/** Writes one chunk and waits until there is room for the next. */
async function write(res: ServerResponse, chunk: Uint8Array): Promise<void> {
  if (res.destroyed) throw gone();
  if (!res.write(chunk)) await drained(res);
}

async function drained(res: ServerResponse): Promise<void> {
  if (res.destroyed) throw gone();
  const stop = new AbortController();
  try {
    await Promise.race([
      once(res, 'drain', { signal: stop.signal }),
      once(res, 'close', { signal: stop.signal }).then(() => {
        throw gone();
      }),
    ]);
  } finally {
    stop.abort();
  }
}

function gone(): BuckyError {
  return new BuckyError('aborted', 'The receiver went away before the answer ended');
}
