import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { BuckyError } from '@bucky/dicom';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express, { type ErrorRequestHandler } from 'express';
import { fakeDist, writtenDist } from './fake-dist.js';
import { serveViewer } from './serve-viewer.js';
import { readViewerFiles, type ViewerFiles } from './viewer-files.js';

const hashed = '/viewer/0ddf166f7a343eda.wasm';

let server: Server;

async function serve(viewer: ViewerFiles | undefined): Promise<Server> {
  const app = express();
  app.set('etag', false);
  app.use('/viewer', serveViewer(viewer));
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  const problem: ErrorRequestHandler = (error, _req, res, _next) => {
    res.status(error instanceof BuckyError && error.code === 'not-found' ? 404 : 405).end();
  };
  app.use(problem);
  const started = createServer(app);
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve);
  });
  return started;
}

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, path, headers, method, agent: false }, (res) => {
      buffer(res).then((body) => {
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body });
      }, reject);
    });
    req.once('error', reject).end();
  });
}

beforeAll(async () => {
  const { target, prepare } = await writtenDist(fakeDist());
  await prepare();
  server = await serve(readViewerFiles(target));
});

afterAll(() => {
  server.close();
});

describe('serveViewer', () => {
  it.each(['/viewer/', '/viewer/viewer?StudyInstanceUIDs=1.2', '/viewer/notfoundstudy', '/viewer/viewer/bucky'])(
    'answers %s with index.html, as pages are told apart in the browser',
    async (path) => {
      const { status, headers, body } = await get(path);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-cache');
      expect(body.toString()).toContain('PUBLIC_URL');
    },
  );

  it('leads /viewer to /viewer/', async () => {
    expect(await get('/viewer')).toMatchObject({ status: 308, headers: { location: '/viewer/' } });
    expect(await get('/viewer?x=1')).toMatchObject({ status: 308 });
  });

  it.each(['missing.js', 'missing.css', 'missing.wasm', 'missing.js.map', 'viewer.json', 'ort/x.json'])(
    'answers 404 for %s, which is no page',
    async (name) => {
      expect((await get(`/viewer/${name}`)).status).toBe(404);
    },
  );

  it.each(['/viewer/../package.json', '/viewer/%2e%2e/package.json', '/viewer/..%2fpackage.json', '/viewer/%00.js'])(
    'never leaves its folder: %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it.each([
    ['/viewer/app.bundle.css', 'text/css; charset=utf-8', 'no-cache'],
    ['/viewer/app-config.js', 'text/javascript; charset=utf-8', 'no-cache'],
    [
      '/viewer/8097.bundle.0123456789abcdef.js',
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ],
    [hashed, 'application/wasm', 'public, max-age=31536000, immutable'],
    ['/viewer/manifest.json', 'application/json; charset=utf-8', 'no-cache'],
    ['/viewer/assets/icon.png', 'image/png', 'no-cache'],
  ])('answers %s as %s, cached %s', async (path, type, caching) => {
    const { status, headers } = await get(path);
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, type, caching]);
  });

  it('allows the inline scripts of its page, by their hashes, and eval, and no other host', async () => {
    const policy = (await get('/viewer/')).headers['content-security-policy'];
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval' 'sha256-[^']+' 'sha256-[^']+';/);
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toMatch(/https?:|\*/);
    // A worker obeys the policy of its own response.
    const worker = await get('/viewer/8097.bundle.0123456789abcdef.js');
    expect(worker.headers['content-security-policy']).toBe(policy);
  });

  it.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip, br;q=0', 'gzip', gunzipSync],
    ['identity', undefined, (bytes: Buffer) => bytes],
    ['', undefined, (bytes: Buffer) => bytes],
  ])('answers Accept-Encoding "%s" with %s', async (accepted, coding, decode) => {
    const { headers, body } = await get(hashed, { 'Accept-Encoding': accepted });
    expect(headers['content-encoding']).toBe(coding);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(headers['content-length']).toBe(String(body.length));
    expect(decode(body).toString()).toBe('wasm'.repeat(1000));
  });

  it('answers 304 to the ETag of the same coding only', async () => {
    const { headers } = await get(hashed, { 'Accept-Encoding': 'br' });
    const etag = headers.etag!;
    const again = await get(hashed, { 'Accept-Encoding': 'br', 'If-None-Match': etag });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, etag]);
    expect((await get(hashed, { 'Accept-Encoding': 'gzip', 'If-None-Match': etag })).status).toBe(200);
  });

  it('answers HEAD like GET, without the body', async () => {
    const { status, headers, body } = await get(hashed, {}, 'HEAD');
    expect([status, headers['content-length'], body.length]).toEqual([200, '4000', 0]);
  });

  it('is only read', async () => {
    expect(await get('/viewer/', {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });
});

describe('the viewer that is installed', () => {
  const viewer = readViewerFiles(fileURLToPath(new URL('../../viewer', import.meta.url)));
  const whenPrepared = viewer === undefined ? it.skip : it;

  whenPrepared('has every file that its page names', async () => {
    const real = await serve(viewer);
    const fake = server;
    server = real;
    try {
      const page = (await get('/viewer/')).body.toString();
      // Lists of icons name some that OHIF itself does not ship, so scripts and styles are what counts.
      const named = [...page.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+\.(?:js|css))"/g)].map(
        ([, path]) => path!,
      );
      expect(named.length).toBeGreaterThan(3);
      for (const path of named) expect([path, (await get(path, {}, 'HEAD')).status]).toEqual([path, 200]);
    } finally {
      server = fake;
      real.close();
    }
  });
});
