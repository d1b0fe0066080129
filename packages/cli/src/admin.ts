import { BuckyError, errorCodes } from '@bucky/dicom';
import { createLog } from '@bucky/server';
import type { ExitCode, Outside } from './command.js';
import { readConfig } from './config/read-config.js';
import { reachServer, type Asked, type LocalServer } from './local-server.js';

/** Runs work against the server of the archive, wherever it runs. */
export async function withServer(
  { env }: Outside,
  configPath: string | undefined,
  work: (server: LocalServer) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { config } = readConfig(env, configPath);
  const server = await reachServer({ config, log: createLog({ level: 'error', destination: process.stderr }) });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** Asks the server for JSON. Throws what it answers, with its own code and sentence. */
export async function askJson(server: LocalServer, asked: Asked): Promise<unknown> {
  const { status, body } = await server.ask(asked);
  if (status >= 200 && status < 300) return body === '' ? undefined : (JSON.parse(body) as unknown);
  throw problemOf(status, body);
}

/** Makes an error of a problem document. @see RFC 9457 */
export function problemOf(status: number, body: string): BuckyError {
  const { code, detail } = parsed(body);
  const known = errorCodes.find((one) => one === code) ?? 'unavailable';
  return new BuckyError(known, typeof detail === 'string' ? detail : `The server answered with ${status}`);
}

function parsed(body: string): { readonly code?: unknown; readonly detail?: unknown } {
  try {
    return Object(JSON.parse(body)) as { code?: unknown; detail?: unknown };
  } catch {
    return {}; // no problem document: the status says enough
  }
}

/** Lists what a paged resource holds, page after page. */
export async function* listAll<T>(
  server: LocalServer,
  { path, name, as = 'after' }: { readonly path: string; readonly name: string; readonly as?: 'after' | 'before' },
): AsyncIterable<T> {
  let next: string | number | undefined;
  do {
    const sign = path.includes('?') ? '&' : '?';
    const place = next === undefined ? '' : `&${as}=${encodeURIComponent(next)}`;
    const page = (await askJson(server, { method: 'GET', path: `${path}${sign}limit=1000${place}` })) as {
      readonly next?: string | number;
    } & Readonly<Record<string, readonly T[]>>;
    yield* page[name] ?? [];
    ({ next } = page);
  } while (next !== undefined);
}
