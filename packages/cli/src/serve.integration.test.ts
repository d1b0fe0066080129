import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { FreeSpace, type Archive } from '@bucky/archive';
import { BuckyError } from '@bucky/dicom';
import { createLog, startServer, type RunningServer, type ServerConfig } from '@bucky/server';
import type { Vault } from '@bucky/vault';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { compose, serverConfigOf, socketPathOf, type Composed } from './compose.js';
import { defaultConfig } from './config.js';
import { newDataFolder } from './test-outside.js';

/** One archive for all tests, which only read of it; each has a server of its own. */
const config = { ...defaultConfig, data: newDataFolder(), reservedBytes: 0 };
let composed: Composed;

beforeAll(async () => {
  composed = (await compose(config, createLog({ level: 'error' })))!;
});

afterAll(async () => {
  await composed.close();
});

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Serving {
  readonly server: RunningServer;
  readonly port: number;
  readonly lines: string[];
  /** Lets seconds pass for the floor rate. */
  readonly pass: (seconds: number) => void;
}

/** Serves the archive on any free port. */
async function serve(
  told: Partial<ServerConfig> = {},
  change?: (archive: Archive) => Partial<Archive>,
): Promise<Serving> {
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  let tick: ((nowMs: number) => void) | undefined;
  let nowMs = 0;
  const pass = (seconds: number): void => {
    nowMs += seconds * 1000;
    tick?.(nowMs);
  };
  const server = await startServer({
    archive: { ...composed.archive, ...change?.(composed.archive) },
    config: { ...serverConfigOf(config), tcp: { host: '127.0.0.1', port: 0 }, ...told },
    log,
    everySecond: (work) => {
      tick = work;
      work(0);
      return () => undefined;
    },
  });
  closing.push(() => server.close());
  return { server, port: server.port!, lines, pass };
}

/** An archive on a disk that is full. */
function withoutSpace({ vault, spoolFolder }: Archive): Partial<Archive> {
  return { space: new FreeSpace({ vault, folder: spoolFolder, reservedBytes: 2 ** 52 }) };
}

/** A vault whose disk has gone. */
function withoutPuts(vault: Vault): Vault {
  const gone = () => Promise.reject(new BuckyError('unavailable', 'Cannot store: the disk has gone'));
  return new Proxy(vault, {
    get(target, name) {
      if (name === 'putNew') return gone;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

interface Wanted {
  readonly port?: number;
  readonly socketPath?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly agent?: Agent;
}

/** Opens a request that the caller ends. */
function open({ port, socketPath, ...rest }: Wanted): { req: ClientRequest; answered: Promise<IncomingMessage> } {
  const to = socketPath === undefined ? { host: '127.0.0.1', port } : { socketPath };
  const req = request({ agent: false, ...to, ...rest });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    req.once('response', resolve).once('error', reject);
  });
  return { req, answered };
}

async function get(wanted: Wanted): Promise<{ status: number; body: string; headers: IncomingMessage['headers'] }> {
  const { req, answered } = open(wanted);
  req.end();
  const res = await answered;
  return { status: res.statusCode!, body: await text(res), headers: res.headers };
}

describe('the server', () => {
  it('says that it is alive and ready, and no more', async () => {
    const { port } = await serve();
    expect(await get({ port, path: '/healthz' })).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await get({ port, path: '/readyz' })).toMatchObject({ status: 200, body: 'ready\n' });
  });

  it('leads / to the viewer and answers 404 as a problem elsewhere', async () => {
    const { port } = await serve();
    expect(await get({ port, path: '/' })).toMatchObject({ status: 302, headers: { location: '/viewer/' } });
    const { status, body, headers } = await get({ port, path: '/nowhere' });
    expect([status, headers['content-type']]).toEqual([404, expect.stringContaining('application/problem+json')]);
    expect(JSON.parse(body)).toMatchObject({ code: 'not-found' });
  });

  it('refuses a body in a Transfer-Encoding that it does not decode, and ends the connection (RFC 9112 6.1)', async () => {
    const { port } = await serve();
    const headers = { 'Content-Type': 'application/dicom', 'Transfer-Encoding': 'gzip, chunked' };
    const { req, answered } = open({ port, path: '/dicom-web/studies', method: 'POST', headers });
    req.end('x');
    const { statusCode, headers: told } = await answered;
    expect([statusCode, told.connection]).toEqual([501, 'close']);
  });

  it('refuses another Host and a foreign write, on every route', async () => {
    const { port } = await serve();
    for (const path of ['/healthz', '/dicom-web/studies', '/viewer/', '/metrics', '/api/conflicts', '/nowhere']) {
      expect([path, (await get({ port, path, headers: { Host: `evil.example:${port}` } })).status]).toEqual([
        path,
        403,
      ]);
      const headers = { Origin: 'https://evil.example' };
      expect([path, (await get({ port, path, method: 'POST', headers })).status]).toEqual([path, 403]);
    }
  });

  it('lets nothing it answers act as a page of ours, the viewer aside', async () => {
    const { port } = await serve();
    for (const path of ['/nowhere', '/dicom-web/studies', '/healthz', '/api/conflicts']) {
      const { headers } = await get({ port, path });
      expect([path, headers['content-security-policy']]).toEqual([path, expect.stringMatching(/'none';.*; sandbox$/)]);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('answers on its socket, which only this user may open, whatever the Host header says', async () => {
    await serve();
    const socketPath = socketPathOf(config);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    expect((await get({ socketPath, path: '/readyz', headers: { Host: 'anything' } })).status).toBe(200);
    expect(JSON.parse((await get({ socketPath, path: '/api/conflicts' })).body)).toEqual({ conflicts: [] });
  });

  it.each(['0', '-1', '1001', 'x', '', '1&limit=2'])('answers 400 when asked for %p conflicts', async (limit) => {
    const { port } = await serve();
    expect((await get({ port, path: `/api/conflicts?limit=${limit}` })).status).toBe(400);
  });

  it('counts requests by template, and logs them without their query', async () => {
    const { port, lines } = await serve();
    await get({ port, path: '/api/conflicts?limit=5' });
    await get({ port, path: '/wp-login.php?x=DOE' });
    const { body } = await get({ port, path: '/metrics' });
    expect(body).toMatch(
      /bucky_http_request_duration_seconds_count\{method="GET",route="\/api\/conflicts",status="2xx"\} 1/,
    );
    expect(body).toMatch(/bucky_http_request_duration_seconds_count\{method="GET",route="none",status="4xx"\} 1/);
    expect(body).toMatch(/^bucky_http_sent_bytes_total [1-9]/m);
    expect(body).toMatch(/^bucky_in_flight_limit_bytes 268435456$/m);
    const log = lines.join('');
    expect(log).toMatch(/"route":"\/api\/conflicts","status":200,.*"event":"request.finished"/);
    expect(log).not.toMatch(/limit=5|DOE|wp-login/);
  });

  it('is not ready when the catalog is found damaged, and says so to the log', async () => {
    const { port, server, lines } = await serve({}, ({ catalog }) => ({
      catalog: { ...catalog, isSound: () => Promise.resolve(false) },
    }));
    await server.integrityChecked;
    expect((await get({ port, path: '/readyz' })).status).toBe(503);
    expect((await get({ port, path: '/healthz' })).status).toBe(200);
    expect(lines.join('')).toContain('"level":"error"');
  });

  it('is not ready when the catalog takes nothing any more, and says that it has failed', async () => {
    const { port, server, lines } = await serve({}, ({ catalog }) => ({
      catalog: { ...catalog, ended: Promise.resolve(new Error('writer ended')) },
    }));
    expect(await server.failed).toMatchObject({ code: 'unavailable' });
    expect((await get({ port, path: '/readyz' })).status).toBe(503);
    expect(lines.join('')).toMatch(/"level":"error".*"event":"catalog.failed"/);
  });

  it.each([
    ['full', 507, 'error', withoutSpace],
    ['unavailable', 503, 'warn', ({ vault }: Archive) => ({ vault: withoutPuts(vault) })],
  ] as const)('tells the log once that a store failed as the archive is %s', async (code, status, level, change) => {
    const { port, lines } = await serve({}, change);
    const headers = { 'Content-Type': 'application/dicom' };
    const { req, answered } = open({ port, path: '/dicom-web/studies', method: 'POST', headers });
    req.end(await readFile(new URL('../../../fixtures/ct-body-01.dcm', import.meta.url)));
    const res = await answered;
    expect([res.statusCode, JSON.parse(await text(res))]).toEqual([status, expect.objectContaining({ code })]);
    const told = lines.filter((line) => line.includes('request.failed'));
    expect(told).toEqual([expect.stringMatching(`"level":"${level}".*"requestId":".*"code":"${code}"`)]);
  });

  it('gives up at once, with a sentence, when its port is taken', async () => {
    const { port } = await serve();
    const log = createLog({ level: 'error' });
    const taken = { ...serverConfigOf({ ...config, data: newDataFolder() }), tcp: { host: '127.0.0.1', port } };
    await expect(startServer({ archive: composed.archive, config: taken, log })).rejects.toMatchObject({
      code: 'configuration',
      message: `Cannot listen on 127.0.0.1:${port}: another program uses this port; end it or choose another with BUCKY_PORT`,
    });
  });
});

describe('stopping', () => {
  it('lets a request under way end, and takes no new one', async () => {
    const { port, server } = await serve();
    const { req, answered } = await beginUpload(port);
    const closed = server.close();
    await expect(get({ port, path: '/healthz' })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    req.end('not DICOM');
    const res = await answered;
    expect(res.statusCode).toBe(409);
    await text(res);
    await closed;
  });

  it('is not ready meanwhile, for whoever still has a connection', async () => {
    const { port, server } = await serve();
    const { req, answered } = await beginUpload(port);
    const socket = connect(port, '127.0.0.1');
    const [ask, more] = [`GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`, `\r\n`];
    socket.write(`${ask}${more}${ask}`);
    await new Promise((resolve) => socket.once('data', resolve));
    const closed = server.close();
    socket.write(more);
    const rest = await text(socket);
    expect(rest).toMatch(/^HTTP\/1\.1 503 /);
    expect(rest).toMatch(/^connection: close\r$/im);
    req.end('not DICOM');
    await text(await answered);
    await closed;
  });

  it('cuts what is still under way when the time is over', async () => {
    const { port, server } = await serve({ stopTimeoutMs: 0 });
    const { answered } = await beginUpload(port);
    const cut = expect(answered).rejects.toMatchObject({ code: 'ECONNRESET' });
    await server.close();
    await cut;
  });
});

/** Begins an upload; resolves when the server wants its body, so that it is under way for certain. */
async function beginUpload(port: number): Promise<ReturnType<typeof open>> {
  const headers = { 'Content-Type': 'application/dicom', Expect: '100-continue' };
  const upload = open({ port, method: 'POST', path: '/dicom-web/studies', headers });
  await new Promise<void>((resolve) => {
    upload.req.once('continue', resolve).flushHeaders();
  });
  return upload;
}

/** Sends text as it stands on a connection and gathers what comes back until the server ends it. */
async function talk(port: number, said: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(said);
  return text(socket);
}

describe('a request body', () => {
  it('is asked for when it is read, not before', async () => {
    const { port } = await serve();
    const head = (path: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/dicom\r\nContent-Length: 9\r\nExpect: 100-continue\r\n`;
    const refused = await talk(port, `${head('/nowhere')}\r\n`);
    expect(refused).toMatch(/^HTTP\/1\.1 404 /);
    expect(refused).toMatch(/^connection: close\r$/im);
    const { req, answered } = await beginUpload(port);
    req.end('not DICOM');
    expect((await answered).statusCode).toBeGreaterThanOrEqual(400);
  });

  it('is cut with 408 when it comes too slowly', async () => {
    const { port, lines, pass } = await serve();
    const { req, answered } = await beginUpload(port);
    req.write('DICM');
    pass(29);
    pass(2);
    const res = await answered;
    expect([res.statusCode, res.headers.connection]).toEqual([408, 'close']);
    expect(JSON.parse(await text(res))).toMatchObject({ code: 'timeout' });
    expect(lines.join('')).toMatch(/"status":408/);
  });
});
