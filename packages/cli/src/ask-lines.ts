import { BuckyError, errorCodes, type Bytes } from '@bucky/dicom';
import { problemOf } from './admin.js';
import type { Asked, LocalServer, OpenAnswer } from './local-server.js';

/** What long work tells, one line each; `ended` comes last, or `failed` with what went wrong. */
export interface Told {
  readonly kind: string;
}

/**
 * Asks the server for long work and gives what it tells, line by line. Throws what it answers or ends with, and
 * `unavailable` when it goes before the end.
 */
export async function* askLines<T extends Told>(server: LocalServer, asked: Asked): AsyncIterable<T> {
  const answer = await server.open(asked);
  if (answer.status !== 200) throw problemOf(answer.status, await text(answer));
  for await (const line of linesOf(answer.body)) {
    const told = JSON.parse(line) as T; // written by our own server
    if (told.kind === 'failed') throw failure(told);
    yield told;
    if (told.kind === 'ended') return;
  }
  throw new BuckyError('unavailable', 'The server is gone: its answer broke off');
}

/** Cuts a body into lines, which are short; what follows the last one was cut off. */
async function* linesOf(body: Bytes): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

async function text({ body }: OpenAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function failure(told: Told & { readonly code?: unknown; readonly detail?: unknown }): BuckyError {
  const code = errorCodes.find((one) => one === told.code) ?? 'unavailable';
  return new BuckyError(code, typeof told.detail === 'string' ? told.detail : 'The server could not go on');
}
