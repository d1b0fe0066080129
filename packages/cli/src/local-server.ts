import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { BuckyError, type Bytes } from '@bucky/dicom';
import { startServer, type Log } from '@bucky/server';
import { compose, serverConfigOf, socketPathOf } from './compose.js';
import type { Config } from './config.js';

/** One request to the server behind the socket. */
export interface Asked {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Bytes;
  readonly signal?: AbortSignal;
}

/** Its answer, whole: commands ask only for what is small. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Its answer while it comes. */
export interface OpenAnswer extends Omit<Answer, 'body'> {
  /** Rejects with `unavailable` when the server goes. */
  readonly body: Bytes;
}

/** The server of the archive as a command sees it, whether another process runs it or this one. */
export interface LocalServer {
  /** True when this process opened the archive, as no other had. */
  readonly isOwn: boolean;
  /** Rejects with `unavailable` when the server is gone. */
  ask(asked: Asked): Promise<Answer>;
  /** Gives the answer while it comes; leaving its body early closes the connection. */
  open(asked: Asked): Promise<OpenAnswer>;
  close(): Promise<void>;
}

export interface Reaching {
  readonly config: Config;
  readonly log: Log;
  /** Requests under way at once. */
  readonly connections?: number;
  /** How often to try while the archive is held and nobody answers, five times a second; 10 s unless told otherwise. */
  readonly attempts?: number;
}

const betweenAttemptsMs = 200;

/**
 * Reaches the server of the archive. Where none runs, this process opens the archive and serves it on the socket, and
 * speaks HTTP to itself: a command has one way to work. Throws `locked` when the archive is held but nobody answers.
 */
export async function reachServer({ config, log, connections = 1, attempts = 50 }: Reaching): Promise<LocalServer> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const open = (asked: Asked): Promise<OpenAnswer> => send(asked, { agent, socketPath: socketPathOf(config) });
  const ask = async (asked: Asked): Promise<Answer> => whole(await open(asked));
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const composed = await compose(config, log);
    if (composed !== undefined) {
      const server = await startServer({ archive: composed.archive, config: serverConfigOf(config), log }).catch(
        async (error: unknown) => {
          await composed.close();
          throw error;
        },
      );
      return {
        isOwn: true,
        ask,
        open,
        async close() {
          agent.destroy();
          await server.close();
          await composed.close();
        },
      };
    }
    if (await answers(ask)) {
      return {
        isOwn: false,
        ask,
        open,
        close() {
          agent.destroy();
          return Promise.resolve();
        },
      };
    }
    // The holder has the lock before it has the socket, and gives the socket up before the lock.
    await delay(betweenAttemptsMs);
  }
  throw new BuckyError(
    'locked',
    `Another process holds the archive in ${config.data} and does not answer on its socket`,
  );
}

async function answers(ask: LocalServer['ask']): Promise<boolean> {
  try {
    return (await ask({ method: 'GET', path: '/healthz' })).status === 200;
  } catch {
    return false; // not there, or not any more: the caller tries again
  }
}

async function whole({ status, headers, body }: OpenAnswer): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { status, headers, body: Buffer.concat(chunks).toString('utf8') };
}

async function send(
  { method, path, headers = {}, body, signal }: Asked,
  to: { readonly agent: Agent; readonly socketPath: string },
): Promise<OpenAnswer> {
  const req = request({ ...to, method, path, headers: { Host: 'localhost', ...headers }, ...(signal && { signal }) });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    req.once('response', resolve);
    req.once('error', reject);
  });
  // An answer that comes before the whole body was sent is an answer all the same.
  const sent = body === undefined ? Promise.resolve(req.end()) : pipeline(body, req);
  const failed = sent.then(
    () => answered,
    (error: unknown) => answered.catch(() => Promise.reject(error instanceof Error ? error : new Error('not sent'))),
  );
  try {
    const res = await Promise.race([answered, failed]);
    return { status: res.statusCode ?? 0, headers: res.headers, body: bodyOf(res, signal) };
  } catch (error) {
    throw goneError(error, signal);
  }
}

async function* bodyOf(res: IncomingMessage, signal: AbortSignal | undefined): Bytes {
  try {
    for await (const chunk of res) yield chunk as Uint8Array;
  } catch (error) {
    throw goneError(error, signal);
  }
}

/** What failed because the server did; our own errors and what was called off stay what they are. */
function goneError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (error instanceof BuckyError || signal?.aborted === true) return error;
  const { code } = error as { code?: string };
  return new BuckyError('unavailable', `The server is gone: ${code ?? 'no answer'}`, { cause: error });
}
