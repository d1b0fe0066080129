import { afterAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Client } from 'minio';
import type { Bytes } from '@bucky/dicom';
import { describeVault } from '../contract.js';
import { s3Options } from '../open-vault.js';
import type { ObjectKey } from '../vault.js';
import { openS3Vault } from './s3-vault.js';
import type { S3VaultOptions } from './store.js';

/** What `scripts/s3-server.js` gives. */
interface Server {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Folder of the buckets. */
  readonly data: string;
  stop(): Promise<void>;
}

interface ServerScript {
  isS3ServerBuilt(): boolean;
  startS3Server(): Promise<Server>;
}

const script = (await import(new URL('../../../../scripts/s3-server.js', import.meta.url).href)) as ServerScript;
const given = process.env.BUCKY_TEST_S3;
const server = given === undefined && script.isS3ServerBuilt() ? await script.startS3Server() : undefined;
const url = given ?? server?.url;

afterAll(() => server?.stop());

if (url === undefined) {
  describe('S3 vault', () => {
    it.skip('needs a server: run `node scripts/s3-server.js --build`, or set BUCKY_TEST_S3=s3://bucket?endpoint=…', () => {
      expect(url).toBeDefined();
    });
  });
} else {
  const options: S3VaultOptions = {
    ...s3Options(new URL(url)),
    ...(server === undefined ? {} : { credentials: server }),
  };

  describeVault('S3 vault', () => {
    const prefix = `test-${randomBytes(8).toString('hex')}`;
    const vault = openS3Vault({ ...options, prefix });
    return Promise.resolve({
      vault,
      ...(server === undefined ? {} : { damage: (key) => damage(join(server.data, options.bucket, prefix, key)) }),
      remove: () => removeAll({ ...options, prefix }),
    });
  });

  describeBucket(options);
  if (server !== undefined) describeRefusals(options);
}

function describeBucket(options: S3VaultOptions): void {
  describe('a bucket that the S3 vault filled', () => {
    it.each([0, 1000, 20 * 2 ** 20])('gives %d bytes to another S3 client', async (size) => {
      const prefix = `test-${randomBytes(8).toString('hex')}`;
      const vault = openS3Vault({ ...options, prefix });
      const bytes = randomBytes(size);
      const key = 'studies/1.2/3.4/5.6.receipt.dcm' as ObjectKey;
      await vault.putNew(key, once(bytes));
      const other = otherClient(options);
      const read = await buffer(await other.getObject(options.bucket, `${prefix}/${key}`));
      expect(sha256(read)).toBe(sha256(bytes));
      const { size: told, metaData } = await other.statObject(options.bucket, `${prefix}/${key}`);
      expect(told).toBe(size);
      expect(metaData).not.toHaveProperty('content-encoding');
      await vault.delete(key);
      await vault.close();
    });

    it('has no parts left of uploads that failed', async () => {
      const prefix = `test-${randomBytes(8).toString('hex')}`;
      const vault = openS3Vault({ ...options, prefix });
      async function* broken(): Bytes {
        for (let count = 0; count < 20; count += 1) yield await Promise.resolve(Buffer.alloc(2 ** 20));
        throw new Error('the sender went away');
      }
      await expect(vault.putNew('a' as ObjectKey, broken())).rejects.toThrow('the sender went away');
      await vault.close();
      const left = [];
      for await (const upload of otherClient(options).listIncompleteUploads(options.bucket, prefix, true))
        left.push(upload);
      expect(left).toEqual([]);
    });

    it('keeps what lies beside its prefix out of the vault', async () => {
      const prefix = `test-${randomBytes(8).toString('hex')}`;
      const inner = openS3Vault({ ...options, prefix: `/${prefix}/inner/` });
      const outer = openS3Vault({ ...options, prefix });
      await inner.putNew('a' as ObjectKey, once(Buffer.from('a')));
      await outer.putNew('innermost' as ObjectKey, once(Buffer.from('b')));
      const found = [];
      for await (const { key } of inner.list('')) found.push(key);
      expect(found).toEqual(['a']);
      expect(await outer.stat('inner/a' as ObjectKey)).toEqual({ size: 1 });
      await inner.close();
      await outer.close();
      await removeAll({ ...options, prefix });
    });

    it('is listed beyond the 1,000 keys of one answer', async () => {
      const prefix = `test-${randomBytes(8).toString('hex')}`;
      const vault = openS3Vault({ ...options, prefix });
      const keys = Array.from({ length: 1003 }, (_, index) => `k/${String(index).padStart(5, '0')}` as ObjectKey);
      await Promise.all(keys.map((key) => vault.putNew(key, once(Buffer.from('x')))));
      const found = [];
      for await (const { key } of vault.list('k/')) found.push(key);
      expect(found).toEqual(keys);
      await vault.close();
      await removeAll({ ...options, prefix });
    }, 30_000);
  });
}

function describeRefusals(options: S3VaultOptions): void {
  describe('check', () => {
    const right = options.credentials!;
    it.each([
      ['a bucket that is not there', { bucket: 'no-such-bucket' }, /no such bucket/],
      ['a wrong secret', { credentials: { ...right, secretAccessKey: 'not-the-secret' } }, /correct the credentials/],
      ['an unknown access key', { credentials: { ...right, accessKeyId: 'nobody' } }, /correct the credentials/],
    ])('refuses %s with what to do and without secrets', async (_, change, message) => {
      const vault = openS3Vault({ ...options, ...change });
      const refused = vault.check();
      await expect(refused).rejects.toMatchObject({ code: 'configuration', message: expect.stringMatching(message) });
      await expect(refused).rejects.not.toMatchObject({
        message: expect.stringMatching(/secret-|not-the-secret|nobody/),
      });
      await expect(vault.putNew('a' as ObjectKey, once(Buffer.from('x')))).rejects.toMatchObject({
        code: 'unavailable',
      });
      await vault.close();
    });
  });
}

function otherClient({
  endpoint = 'https://s3.amazonaws.com',
  region,
  pathStyle,
  credentials,
}: S3VaultOptions): Client {
  const { protocol, hostname, port } = new URL(endpoint);
  return new Client({
    endPoint: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    useSSL: protocol === 'https:',
    ...(region === undefined ? {} : { region }),
    pathStyle: pathStyle ?? false,
    accessKey: credentials?.accessKeyId ?? process.env.AWS_ACCESS_KEY_ID ?? '',
    secretKey: credentials?.secretAccessKey ?? process.env.AWS_SECRET_ACCESS_KEY ?? '',
  });
}

/** Changes one byte of a file in place, as a bad disk does. */
async function damage(path: string): Promise<void> {
  expect(existsSync(path)).toBe(true);
  const file = await open(path, 'r+');
  await file.write(Buffer.from([1]), 0, 1, 500);
  await file.close();
}

async function removeAll(options: S3VaultOptions): Promise<void> {
  const vault = openS3Vault(options);
  for await (const { key } of vault.list('')) await vault.delete(key);
  await vault.close();
}

async function* once(bytes: Uint8Array): Bytes {
  yield await Promise.resolve(bytes);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
