import { setTimeout as delay } from 'node:timers/promises';
import { BuckyError, type Bytes } from '@bucky/dicom';
import { fileErrorReason } from '../file-error.js';
import type { Answer, LocalServer } from '../local-server.js';
import { beginningOf } from './beginning.js';
import { fateOf } from './fate-of.js';
import type { FoundFile } from './found-file.js';
import { headLength, judgeHead } from './looks-like-dicom.js';
import type { Patience } from './patience.js';
import type { Fate } from './tally.js';

/** Sends one file as a single `application/dicom` body and tells what became of it, unless its head says that it is none. */
export async function sendFile(
  server: LocalServer,
  file: FoundFile,
  { patience, signal }: { readonly patience: Patience; readonly signal: AbortSignal },
): Promise<Fate> {
  const body = new WatchedBody();
  try {
    for (;;) {
      const whole = await wholeOf(file);
      if ('kind' in whole) return whole;
      const answer = await server.ask({
        method: 'POST',
        path: '/dicom-web/studies',
        // Without a length: the file may still grow or shrink.
        headers: { Accept: 'application/dicom+json', 'Content-Type': 'application/dicom' },
        body: body.watch(whole.bytes),
      });
      if (body.failure !== undefined) break; // whatever was answered, it was not to the whole file
      if (answer.status !== 503) {
        patience.answered();
        return fateOf(answer, file.size);
      }
      patience.putOff(answer);
      await delay(retryAfterMs(answer), undefined, { signal });
    }
  } catch (error) {
    body.failure ??= failureOf(error, file);
    if (body.failure === undefined) throw error;
  }
  return { kind: 'failed', reason: reasonOf(body.failure) };
}

/** Remembers why a body broke off, which a request that breaks with it does not tell. */
class WatchedBody {
  failure: Error | undefined;

  async *watch(bytes: Bytes): Bytes {
    try {
      yield* bytes;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error('The file cannot be read', { cause: error });
      throw error;
    }
  }
}

/** Opens a file; a Fate when its head says that it need not be sent. */
async function wholeOf(file: FoundFile): Promise<Fate | { readonly bytes: Bytes }> {
  if (file.head !== undefined) return fateOfHead(file.head) ?? { bytes: file.open() };
  const { head, whole, leave } = await beginningOf(file.open(), headLength);
  const fate = fateOfHead(head);
  if (fate === undefined) return { bytes: whole };
  await leave();
  return fate;
}

/** What becomes of a file whose head says that it is not to be sent. */
export function fateOfHead(head: Uint8Array): Fate | undefined {
  const unlike = judgeHead(head);
  if (unlike === undefined) return undefined;
  if (unlike === 'ZIP') return { kind: 'failed', reason: 'a ZIP inside a ZIP: unpack it first' };
  return { kind: 'notDicom', reason: unlike };
}

/** Takes what went wrong before anything was sent as the file's own fault, where it is. */
function failureOf(error: unknown, { head }: FoundFile): Error | undefined {
  if (isSystemError(error)) return error;
  const isOfZip = head === undefined && error instanceof BuckyError;
  return isOfZip && (error.code === 'corrupt' || error.code === 'limit') ? error : undefined;
}

function reasonOf(failure: Error): string {
  return isSystemError(failure) ? `cannot be read: ${fileErrorReason(failure)}` : failure.message;
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return error instanceof Error && typeof code === 'string' && syscall !== undefined;
}

function retryAfterMs({ headers }: Answer): number {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 1000;
}
