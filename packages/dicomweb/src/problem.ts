import type { ServerResponse } from 'node:http';
import { BuckyError, type ErrorCode } from '@bucky/dicom';

/** The status that answers each error; a code without one does not compile. `docs/errors.md` lists the same. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  'not-dicom': 400,
  corrupt: 400,
  unidentified: 400,
  limit: 400,
  mismatch: 409,
  conflict: 409,
  'not-found': 404,
  exists: 409,
  'not-acceptable': 406,
  'unsupported-media-type': 415,
  'not-implemented': 501,
  'method-not-allowed': 405,
  forbidden: 403,
  'range-unsatisfiable': 416,
  'too-large': 413,
  timeout: 408,
  busy: 503,
  full: 507,
  damaged: 500,
  unavailable: 503,
  locked: 503,
  aborted: 499,
  configuration: 500,
  internal: 500,
};

const retryAfterSeconds = '5';

/** Headers that describe a body which is not sent after all. */
const bodyHeaders = ['Content-Encoding', 'Content-Range', 'Content-Disposition', 'ETag', 'Content-Length'];

/** Takes what was thrown as one of our errors; what is none is a bug, and its text stays here. */
export function asBuckyError(thrown: unknown): BuckyError {
  if (thrown instanceof BuckyError) return thrown;
  // What Express itself throws, as for a path that is not percent-encoded UTF-8, carries the status it should have.
  const { status } = Object(thrown) as { readonly status?: unknown };
  if (status === 400) return new BuckyError('invalid', 'The address is not percent-encoded UTF-8', { cause: thrown });
  return new BuckyError('internal', 'Internal error', { cause: thrown });
}

/** What the other side is told of an error: the text of a bug or of damage names what only the log should know. */
export function tellable({ code, message }: BuckyError): string {
  if (code === 'internal') return 'Internal error';
  return code === 'damaged' ? 'Stored data are damaged: the log names them' : message;
}

/** Answers with what went wrong. A body under way is broken off: never a false whole one. @see RFC 9457 */
export function sendProblem(error: BuckyError, res: ServerResponse): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  for (const name of bodyHeaders) if (error.code !== 'range-unsatisfiable') res.removeHeader(name);
  const status = statusOf[error.code];
  if (status === 503) res.setHeader('Retry-After', retryAfterSeconds);
  const { code } = error;
  const body = Buffer.from(JSON.stringify({ code, detail: tellable(error) }));
  res.writeHead(status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    'Content-Length': body.length,
  });
  res.end(res.req.method === 'HEAD' ? undefined : body);
}
