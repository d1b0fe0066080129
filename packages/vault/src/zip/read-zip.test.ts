import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { BuckyError } from '@bucky/dicom';
import { describe, expect, it } from '@jest/globals';
import { ZipReader, type ZipFileEntry } from './read-zip.js';
import { centralHeader, localHeader, zipEnd } from './zip-records.js';

interface Part {
  readonly name: string;
  readonly bytes?: Buffer;
  /** Inflated. */
  readonly text: string;
  /** Changes its central header, which is what a reader believes. */
  readonly lie?: (central: Buffer) => void;
}

/** Writes a ZIP; an entry with `bytes` is deflated. */
function zipOf(...parts: readonly Part[]): Buffer {
  const files: Buffer[] = [];
  const headers: Buffer[] = [];
  let offset = 0;
  for (const { name, text, bytes, lie } of parts) {
    const plain = Buffer.from(text);
    const body = bytes ?? plain;
    const entry = { name, size: body.length, crc32: crc32(plain), offset };
    const [local, central] = [localHeader(entry), centralHeader(entry)];
    central.writeUInt32LE(plain.length, 24);
    if (bytes !== undefined) central.writeUInt16LE(8, 10);
    lie?.(central);
    files.push(local, body);
    headers.push(central);
    offset += local.length + body.length;
  }
  const directory = Buffer.concat(headers);
  return Buffer.concat([...files, directory, zipEnd({ entries: parts.length, offset, size: directory.length })]);
}

function deflated(text: string): { readonly text: string; readonly bytes: Buffer } {
  return { text, bytes: deflateRawSync(text) };
}

async function opened<T>(bytes: Buffer, use: (zip: ZipReader) => Promise<T>): Promise<T> {
  const path = join(mkdtempSync(join(tmpdir(), 'bucky-zip-')), 'a.zip');
  writeFileSync(path, bytes);
  const zip = await ZipReader.open(path);
  try {
    return await use(zip);
  } finally {
    zip.release();
  }
}

async function textOf(entry: ZipFileEntry): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** What each entry gives: its text, or the code of the error. */
async function readAll(bytes: Buffer): Promise<string[]> {
  return opened(bytes, async (zip) => {
    const results: string[] = [];
    for await (const entry of zip.entries()) {
      results.push(entry.obstacle ?? (await textOf(entry).catch((error: unknown) => (error as BuckyError).code)));
    }
    return results;
  });
}

describe('ZipReader', () => {
  it('reads stored and deflated entries, twice when asked', async () => {
    const bytes = zipOf({ name: 'a', text: 'hello' }, { name: 'b', ...deflated('world '.repeat(10_000)) });
    expect(await readAll(bytes)).toEqual(['hello', 'world '.repeat(10_000)]);
    await opened(bytes, async (zip) => {
      for await (const entry of zip.entries()) expect(await textOf(entry)).toBe(await textOf(entry));
    });
  });

  it.each<[string, Part, string]>([
    ['says it is smaller than it is', { name: 'a', ...deflated('x'.repeat(99)), lie: (header) => header.writeUInt32LE(9, 24) }, 'corrupt'],
    ['says it is larger than it is', { name: 'a', ...deflated('x'), lie: (header) => header.writeUInt32LE(2 ** 30, 24) }, 'corrupt'],
    ['is stored and says another size', { name: 'a', text: 'abc', lie: (header) => header.writeUInt32LE(2, 24) }, 'corrupt'],
    ['says it lies beyond the file', { name: 'a', text: 'abc', lie: (header) => header.writeUInt32LE(2 ** 31, 20) }, 'corrupt'],
    ['says it begins elsewhere', { name: 'a', text: 'abc', lie: (header) => header.writeUInt32LE(7, 42) }, 'corrupt'],
    ['has another CRC-32', { name: 'a', text: 'abc', lie: (header) => header.writeUInt32LE(7, 16) }, 'corrupt'],
    ['is no deflate stream', { name: 'a', text: 'abc', bytes: Buffer.from('\xff\xff\xff', 'latin1') }, 'corrupt'],
    ['is encrypted', { name: 'a', text: 'abc', lie: (header) => header.writeUInt16LE(1, 8) }, 'encrypted'],
    ['is compressed otherwise', { name: 'a', text: 'abc', lie: (header) => header.writeUInt16LE(12, 10) }, 'compressed with method 12, which is not read here'],
  ])('refuses an entry that %s, and goes on', async (_, part, result) => {
    expect(await readAll(zipOf(part, { name: 'b', text: 'sound' }))).toEqual([result, 'sound']);
  }); // prettier-ignore

  it('gives no more than an entry says, whatever it inflates to', async () => {
    const bomb = {
      name: 'a',
      ...deflated('0'.repeat(50_000_000)),
      lie: (header: Buffer) => header.writeUInt32LE(100, 24),
    };
    await opened(zipOf(bomb), async (zip) => {
      let given = 0;
      const read = async (): Promise<void> => {
        for await (const entry of zip.entries()) for await (const chunk of entry.open()) given += chunk.length;
      };
      await expect(read()).rejects.toMatchObject({ code: 'corrupt' });
      expect(given).toBe(0);
    });
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'C:\\a', 'a\\..\\b'])('takes %s as a name for people', async (name) => {
    await opened(zipOf({ name, text: 'x' }), async (zip) => {
      for await (const entry of zip.entries()) expect([entry.name, await textOf(entry)]).toEqual([name, 'x']);
    });
  });

  it('shows no control characters of a name, and cuts a long one', async () => {
    await opened(zipOf({ name: `a\x1b[2J\n${'b'.repeat(1000)}`, text: '' }), async (zip) => {
      for await (const { name } of zip.entries()) {
        expect(name).toHaveLength(300);
        expect(name.startsWith('a?[2J?bb')).toBe(true);
      }
    });
  });

  it('answers each truncation with an error, never with a part as a whole', async () => {
    const bytes = zipOf({ name: 'a', ...deflated('hello') }, { name: 'b', text: 'world' });
    for (let length = 0; length < bytes.length; length += 1) {
      const outcome = await readAll(bytes.subarray(0, length)).catch((error: unknown) => error);
      expect([length, outcome]).toEqual([length, expect.objectContaining({ code: 'corrupt' })]);
    }
  });

  it('answers any byte that is changed with what was there or an error', async () => {
    const bytes = zipOf({ name: 'a', ...deflated('hello') }, { name: 'b', text: 'world' });
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x55;
      const outcome = await readAll(changed).catch((error: unknown) => error);
      if (outcome instanceof Error) expect([at, outcome]).toEqual([at, expect.any(BuckyError)]);
      else for (const text of outcome as string[]) expect(['hello', 'world', 'corrupt', 'encrypted', expect.stringMatching(/^compressed/)]).toContainEqual(text); // prettier-ignore
    }
  });
});
