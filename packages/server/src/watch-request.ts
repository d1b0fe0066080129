import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';

interface Counted {
  read: number;
  written: number;
}

/** Bytes of a connection that earlier requests on it already account for. */
const counted = new WeakMap<Socket, Counted>();

/** Bytes that came and went on a connection since it was last asked. */
function bytesSince(socket: Socket): Counted {
  const before = counted.get(socket) ?? { read: 0, written: 0 };
  const now = { read: socket.bytesRead, written: socket.bytesWritten };
  counted.set(socket, now);
  return { read: now.read - before.read, written: now.written - before.written };
}

/** Template of the route that answered, free of values. */
export function routeOf(req: Request, res: Response): string {
  const { route: named } = res.locals as { route?: unknown };
  if (typeof named === 'string') return named;
  const { path } = (req.route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? req.baseUrl + path : 'none';
}

/** Gives each request an id, and counts and logs it when it has come to its end. */
export function watchRequest(log: Log, metrics: Metrics): RequestHandler {
  return (req, res, next) => {
    const requestId = randomUUID();
    const startedMs = performance.now();
    const { socket, method } = req;
    res.locals['requestId'] = requestId;
    res.set('X-Request-Id', requestId);
    res.once('close', () => {
      const ms = performance.now() - startedMs;
      const { read, written } = bytesSince(socket);
      const route = routeOf(req, res);
      const status = res.writableFinished ? res.statusCode : undefined;
      metrics.countRequest({ method, route, status, seconds: ms / 1000, receivedBytes: read, sentBytes: written });
      const event = status === undefined ? 'request.aborted' : 'request.finished';
      log.info(event, { requestId, method, route, status, ms: Math.round(ms), bytes: written, receivedBytes: read });
    });
    next();
  };
}
