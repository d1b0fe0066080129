import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bytes } from '@bucky/dicom';
import type { ObjectKey, Vault } from '../vault.js';
import { openS3Vault } from './s3-vault.js';

const key = 'studies/1/2/3.dcm' as ObjectKey;

/** Servers that fail in ways a healthy one does not. */
describe('S3 vault and a store in trouble', () => {
  let server: Server;
  let vault: Vault;
  let answer: RequestListener;

  beforeEach(async () => {
    server = createServer((req, res) => {
      answer(req, res);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'id', secretAccessKey: 'hidden' };
    vault = openS3Vault({ bucket: 'bucket', endpoint, pathStyle: true, credentials });
  });

  afterEach(async () => {
    await vault.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('reads no more of a body than two parts and a bit while the store takes none', async () => {
    const abort = new AbortController();
    let sent = 0;
    let parts = 0;
    answer = (req, res) => {
      if (req.method === 'HEAD') res.writeHead(404).end();
      else if (req.method === 'POST')
        res.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
      else if (req.method === 'DELETE') res.writeHead(204).end();
      else if (++parts === 2)
        setImmediate(() =>
          setImmediate(() => {
            abort.abort();
          }),
        ); // Neither is ever answered.
    };
    async function* body(): Bytes {
      for (;;) {
        sent += 2 ** 20;
        yield await Promise.resolve(Buffer.alloc(2 ** 20));
      }
    }
    await expect(vault.putNew(key, body(), { signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(sent).toBeLessThanOrEqual(18 * 2 ** 20);
  });

  it('goes on at the same byte when a connection breaks', async () => {
    const bytes = Buffer.alloc(3 * 2 ** 20, 'abcdefg');
    const ranges: (string | undefined)[] = [];
    answer = (req, res) => {
      const start = Number(/^bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
      ranges.push(req.headers.range);
      const part = { 'Content-Range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
      res.writeHead(start === 0 ? 200 : 206, {
        ETag: '"e"',
        'Content-Length': bytes.length - start,
        ...(start === 0 ? {} : part),
      });
      if (start > 0) res.end(bytes.subarray(start));
      else res.write(bytes.subarray(0, 2 ** 20), () => res.destroy());
    };
    const chunks = [];
    for await (const chunk of await vault.read(key)) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(ranges).toHaveLength(2);
  });

  /** Sends a third of an object of 3 MiB, then breaks the connection; `rest` answers whoever wants the rest. */
  function breakOnce(rest: RequestListener): void {
    const bytes = Buffer.alloc(3 * 2 ** 20, 'abcdefg');
    answer = (req, res) => {
      if (req.headers.range !== undefined) {
        rest(req, res);
        return;
      }
      res.writeHead(200, { ETag: '"e"', 'Content-Length': bytes.length });
      res.write(bytes.subarray(0, 2 ** 20), () => res.destroy());
    };
  }

  async function readAll(): Promise<void> {
    for await (const chunk of await vault.read(key)) expect(chunk.length).toBeGreaterThan(0);
  }

  it('says damaged when what is left belongs to another object', async () => {
    breakOnce((_req, res) => res.writeHead(412).end());
    await expect(readAll()).rejects.toMatchObject({ code: 'damaged' });
  });

  it('appends nothing of a store that begins anew when asked for the rest', async () => {
    breakOnce((_req, res) =>
      res.writeHead(200, { ETag: '"e"', 'Content-Length': 3 * 2 ** 20 }).end(Buffer.alloc(3 * 2 ** 20)),
    );
    await expect(readAll()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/another range/),
    });
  });

  it.each([
    ['ExpiredToken', true],
    ['InvalidRequest', false],
    ['NotImplemented', false],
  ])('after %s still asks for checksums of whole objects: %s', async (code, asks) => {
    const types: (string | undefined)[] = [];
    answer = (req, res) => {
      if (req.method === 'HEAD') {
        res.writeHead(404).end();
        return;
      }
      types.push(req.headers['x-amz-checksum-type'] as string | undefined);
      const first = types.length === 1 ? code : 'AccessDenied';
      res.writeHead(400, { 'Content-Type': 'application/xml' }).end(`<Error><Code>${first}</Code></Error>`);
    };
    const long = async function* (): Bytes {
      yield await Promise.resolve(Buffer.alloc(9 * 2 ** 20));
    };
    for (let puts = 0; puts < 2; puts += 1) {
      await expect(vault.putNew(key, long())).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(types.at(-1)).toBe(asks ? 'FULL_OBJECT' : undefined);
  });

  it('counts a write whose answer was lost as done', async () => {
    let puts = 0;
    let sum = '';
    answer = (req, res) => {
      if (req.method === 'HEAD') {
        res.writeHead(200, { 'Content-Length': 5, 'x-amz-checksum-crc32': sum }).end();
        return;
      }
      sum = String(req.headers['x-amz-checksum-crc32']);
      puts += 1;
      req.resume().on('end', () => (puts === 1 ? req.socket.destroy() : res.writeHead(412).end()));
    };
    expect(await vault.putNew(key, text('bytes'))).toEqual({ size: 5 });
    expect(puts).toBe(2);
  });

  it('says exists when the bytes under the key are others, however often it tried', async () => {
    let puts = 0;
    answer = (req, res) => {
      if (req.method === 'HEAD') res.writeHead(200, { 'Content-Length': 5, 'x-amz-checksum-crc32': 'AAAAAA==' }).end();
      else req.resume().on('end', () => (++puts === 1 ? req.socket.destroy() : res.writeHead(412).end()));
    };
    await expect(vault.putNew(key, text('bytes'))).rejects.toMatchObject({ code: 'exists' });
  });

  it.each([
    [503, 'SlowDown', 'unavailable'],
    [507, 'XMinioStorageFull', 'full'],
    [403, 'AccessDenied', 'unavailable'],
    [403, 'ExpiredToken', 'unavailable'],
    [404, 'NoSuchBucket', 'unavailable'],
    [400, 'BadDigest', 'unavailable'],
  ])(
    'turns status %d %s into %s, without a secret',
    async (status, code, expected) => {
      answer = (req, res) => {
        const send = () =>
          res.writeHead(status, { 'Content-Type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
        req.resume().on('end', send);
      };
      const refused = vault.putNew(key, text('bytes'));
      await expect(refused).rejects.toMatchObject({ code: expected, message: expect.not.stringMatching(/hidden/) });
    },
    20_000,
  );
});

async function* text(of: string): Bytes {
  yield await Promise.resolve(Buffer.from(of));
}
