import { IncomingMessage, type ServerResponse } from 'node:http';

const unasked = new WeakSet<IncomingMessage>();

/** Tells whether the sender still waits to hear that its body is wanted. */
export function awaitsContinue(req: IncomingMessage): boolean {
  return unasked.has(req);
}

/**
 * Writes `100 Continue` when the body is first read, not before: a request that is refused, or that waits for room, thus
 * never sends its body. An answer without the body ends the connection, as nobody can tell what comes next on it.
 * @see RFC 9110 10.1.1
 */
export function continueWhenRead(req: IncomingMessage, res: ServerResponse): void {
  unasked.add(req);
  const { shouldKeepAlive } = res;
  res.shouldKeepAlive = false;
  req._read = function (size: number): void {
    if (unasked.delete(req) && !res.headersSent) {
      res.writeContinue();
      res.shouldKeepAlive = shouldKeepAlive;
    }
    IncomingMessage.prototype._read.call(req, size);
  };
}
