import type { IncomingMessage, ServerResponse } from 'node:http';
import { BuckyError } from '@bucky/dicom';
import { awaitsContinue } from './expectation.js';
import type { FloorRateWatch } from './floor-rate.js';

/** How long a body that nobody reads may go on coming after the answer, so that its sender can hear the answer. */
const lingerMs = 5000;

/** Tells whether a request announces a body. @see RFC 9112 6.3 */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Watches the body of one request: cut with 408 below the floor rate, dropped when the answer is out and it still comes. */
export function watchBody(
  watch: FloorRateWatch,
  { req, res, refuse }: { req: IncomingMessage; res: ServerResponse; refuse: (error: BuckyError) => void },
): void {
  if (!hasBody(req)) return;
  const { socket } = req;
  const done = watch.watch({
    received: () => socket.bytesRead,
    waitsForUs: () => awaitsContinue(req) || req.readableLength > 0,
    isComplete: () => req.complete || req.destroyed,
    cut: () => {
      const error = new BuckyError('timeout', 'The body comes more slowly than the floor rate allows');
      if (res.headersSent) {
        req.destroy(error);
        return;
      }
      res.once('finish', () => req.destroy(error));
      res.shouldKeepAlive = false;
      refuse(error);
    },
  });
  res.once('finish', () => {
    if (req.complete) return;
    const timer = setTimeout(() => socket.destroy(), lingerMs).unref();
    req.once('close', () => {
      clearTimeout(timer);
    });
  });
  res.once('close', done);
}
