import { open as openFile } from 'node:fs/promises';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCatalog } from '@bucky/catalog';
import { parseUid } from '@bucky/dicom';
import { openFolderVault } from '@bucky/vault';
import type { Archive } from '../../archive.js';
import { exampleFile } from '../../example-file.js';
import { openArchive } from '../../open-archive.js';
import { takeInstance } from '../../receive/receive-instance.js';
import { joined } from '../stored-bytes.js';
import { retrieveZip } from './retrieve-zip.js';
import { ZipLayout } from './zip-layout.js';

const scope = { kind: 'everything' } as const;
const study = { studyUid: parseUid('1.2.3') };

let folder: string;
let archive: Archive;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-zip-'));
  const vault = await openFolderVault({ folder: join(folder, 'vault') });
  const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
  archive = await openArchive({ vault, catalog, folder, policies: { reservedBytes: 0 } });
});

afterEach(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

async function send(...files: readonly Buffer[]): Promise<void> {
  for (const file of files) {
    const { outcome } = await takeInstance(archive, Readable.from([file]), { source: 'test' });
    expect(await outcome).toMatchObject({ kind: 'stored' });
  }
}

async function whole(): Promise<Buffer> {
  const zip = await retrieveZip(archive, study, { scope });
  const bytes = Buffer.from(await joined(zip.open({ range: { start: 0, end: zip.size } })));
  expect(bytes).toHaveLength(zip.size);
  return bytes;
}

/** Reads a ZIP by its central directory: each entry's bytes, which agree with their CRC-32. */
function entriesOf(zip: Buffer): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  let at = zip.readUInt32LE(zip.length - 6);
  for (let left = zip.readUInt16LE(zip.length - 12); left > 0; left -= 1) {
    const [size, nameLength, offset] = [
      zip.readUInt32LE(at + 24),
      zip.readUInt16LE(at + 28),
      zip.readUInt32LE(at + 42),
    ];
    const name = zip.toString('latin1', at + 46, at + 46 + nameLength);
    const bytes = zip.subarray(offset + 30 + nameLength, offset + 30 + nameLength + size);
    expect([name, crc32(bytes)]).toEqual([name, zip.readUInt32LE(at + 16)]);
    expect(zip.subarray(offset + 14, offset + 30).equals(zip.subarray(at + 16, at + 32))).toBe(true);
    entries.set(name, bytes);
    at += 46 + nameLength;
  }
  return entries;
}

const first = exampleFile({ instanceUid: '1.2.9' });
const second = exampleFile({ instanceUid: '1.2.10', seriesUid: '1.2.3.5', pixels: Buffer.alloc(3000, 7) });

describe('retrieveZip', () => {
  it('holds the originals under the names of a file-set, and a DICOMDIR (PS3.10 8.2, 8.6)', async () => {
    await send(first, second);
    const entries = entriesOf(await whole());
    expect([...entries.keys()]).toEqual(['DICOMDIR', 'DICOM/00000001/00000001', 'DICOM/00000002/00000001']);
    expect(entries.get('DICOM/00000001/00000001')!.equals(first)).toBe(true);
    expect(entries.get('DICOM/00000002/00000001')!.equals(second)).toBe(true);
    expect(entries.get('DICOMDIR')!.includes('DICOM\\00000002\\00000001')).toBe(true);
  });

  it('gives any range as it lies in the whole, however it is cut', async () => {
    await send(first, second);
    const all = await whole();
    const zip = await retrieveZip(archive, study, { scope });
    for (let start = 0; start < all.length; start += 97) {
      for (const end of [start + 1, Math.min(all.length, start + 1000), all.length]) {
        const part = Buffer.from(await joined(zip.open({ range: { start, end } })));
        expect([start, end, part.equals(all.subarray(start, end))]).toEqual([start, end, true]);
      }
    }
  });

  it('knows the CRC-32 of what leaves otherwise than it is stored', async () => {
    const program = exampleFile({ instanceUid: '1.2.11', preamble: Buffer.from('MZ program') });
    const bare = exampleFile({ instanceUid: '1.2.12' });
    const noMeta = bare.subarray(bare.indexOf(Buffer.from([8, 0, 0x16, 0])));
    const noPreamble = exampleFile({ instanceUid: '1.2.13' }).subarray(132);
    await send(program, noMeta, noPreamble);
    const [, ...files] = [...entriesOf(await whole()).values()];
    expect(files).toHaveLength(3);
    for (const bytes of files) expect(bytes.toString('latin1', 0, 132)).toBe(`${'\0'.repeat(128)}DICM`);
    expect(files.some((bytes) => bytes.subarray(128).equals(program.subarray(128)))).toBe(true);
  });

  it('is the same again, and another with another instance, which an open one does not notice', async () => {
    await send(first);
    const zip = await retrieveZip(archive, study, { scope });
    const before = await whole();
    expect((await retrieveZip(archive, study, { scope })).version).toBe(zip.version);
    await send(second);
    expect((await retrieveZip(archive, study, { scope })).version).not.toBe(zip.version);
    const after = Buffer.from(await joined(zip.open({ range: { start: 0, end: zip.size } })));
    expect(after.equals(before)).toBe(true);
  });

  it('ends with damaged when stored bytes are not what they were, before the whole has left', async () => {
    await send(first, second);
    const zip = await retrieveZip(archive, study, { scope });
    const key = (await readdir(join(folder, 'vault'), { recursive: true })).find((name) => name.includes('/1.2.10.'));
    const handle = await openFile(join(folder, 'vault', key!), 'r+');
    await handle.write(Buffer.from([8]), 0, 1, second.length - 10);
    await handle.close();
    let sent = 0;
    const read = async (): Promise<void> => {
      for await (const chunk of zip.open({ range: { start: 0, end: zip.size } })) sent += chunk.length;
    };
    await expect(read()).rejects.toMatchObject({ code: 'damaged' });
    expect(sent).toBeLessThan(zip.size);
  });

  it('holds a series alone, and refuses what is not there', async () => {
    await send(first, second);
    const series = await retrieveZip(archive, { ...study, seriesUid: parseUid('1.2.3.5') }, { scope });
    const bytes = Buffer.from(await joined(series.open({ range: { start: 0, end: series.size } })));
    expect([...entriesOf(bytes).keys()]).toEqual(['DICOMDIR', 'DICOM/00000001/00000001']);
    await expect(retrieveZip(archive, { studyUid: parseUid('1.2.4') }, { scope })).rejects.toMatchObject({
      code: 'not-found',
    });
    const none = { kind: 'studies', studyUids: [] } as const;
    await expect(retrieveZip(archive, study, { scope: none })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('ZipLayout', () => {
  it('reaches past 4 GiB and 65,535 entries, and reads nothing to get there', async () => {
    const size = 6 * 2 ** 30;
    const open = (): never => {
      throw new Error('read');
    };
    const big = { name: 'BIG', size, crc32: 1, version: 'a', open };
    const small = { name: 'SMALL', size: 0, crc32: 0, version: 'b', open };
    const zip = new ZipLayout([big, ...Array.from({ length: 65_535 }, () => small)]);
    const tail = Buffer.from(await joined(zip.open({ start: zip.size - 98, end: zip.size })));
    expect(Number(tail.readBigUInt64LE(32))).toBe(65_536);
    const [directorySize, offset] = [Number(tail.readBigUInt64LE(40)), Number(tail.readBigUInt64LE(48))];
    expect(offset).toBe(size + 30 + 3 + 20 + 65_535 * 35);
    expect(offset + directorySize + 98).toBe(zip.size);
    const header = Buffer.from(await joined(zip.open({ start: offset, end: offset + 69 })));
    expect(Number(header.readBigUInt64LE(46 + 3 + 4))).toBe(size);
  });
});
