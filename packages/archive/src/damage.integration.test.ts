import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCatalog } from '@bucky/catalog';
import { openFolderVault } from '@bucky/vault';
import type { Archive } from './archive.js';
import { exampleFile, exampleTarget } from './example-file.js';
import { openArchive } from './open-archive.js';
import type { ReceiveOutcome } from './receive/outcome.js';
import { takeInstance } from './receive/receive-instance.js';
import { retrieveBulkData } from './retrieve/bulk-data.js';
import { retrieveFrames } from './retrieve/frames.js';
import { retrieveInstances } from './retrieve/instance.js';
import { joined } from './retrieve/stored-bytes.js';

/** What a disk or a person may do to the vault behind our back. */

const scope = { kind: 'everything' } as const;
const instanceUid = '1.2.9';
const pixels = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);

let folder: string;
let archive: Archive;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-damage-'));
});

afterEach(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

async function open(policies: { bufferedBytes?: number } = {}): Promise<void> {
  const vault = await openFolderVault({ folder: join(folder, 'vault') });
  const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
  archive = await openArchive({ vault, catalog, folder, policies });
}

async function send(bytes: Buffer): Promise<ReceiveOutcome> {
  return (await takeInstance(archive, Readable.from([bytes]), { source: 'test' })).outcome;
}

async function retrieve(range?: { start: number; end: number }): Promise<Buffer> {
  for await (const instance of retrieveInstances(archive, exampleTarget(instanceUid), scope)) {
    return Buffer.from(await joined(await instance.open(range === undefined ? {} : { range })));
  }
  throw new Error('There is no such instance');
}

async function originals(): Promise<string[]> {
  const names = await readdir(join(folder, 'vault'), { recursive: true });
  return names.filter((name) => name.endsWith('.dcm')).map((name) => join(folder, 'vault', name));
}

async function cut(path: string): Promise<void> {
  const bytes = await readFile(path);
  await chmod(path, 0o600);
  await writeFile(path, bytes.subarray(0, bytes.length - 1000));
}

async function lengthen(path: string): Promise<void> {
  await chmod(path, 0o600);
  await writeFile(path, 'xx', { flag: 'a' });
}

const ways = [
  ['is gone', (path: string) => rm(path)],
  ['is cut', cut],
  ['has grown', lengthen],
] as const;

describe.each([
  ['held in memory', {}],
  ['spooled', { bufferedBytes: 1000 }],
])('the same bytes again, %s,', (_, policies) => {
  beforeEach(() => open(policies));

  it.each(ways)('are stored anew when the object that holds them %s', async (_way, harm) => {
    const bytes = exampleFile({ instanceUid, pixels });
    const first = await send(bytes);
    await harm((await originals())[0]!);
    const again = await send(bytes);
    expect(again).toMatchObject({ kind: 'stored', repairs: (first as { receipt: string }).receipt });
    expect((await retrieve()).equals(bytes)).toBe(true);
    expect(await send(bytes)).toMatchObject({ kind: 'duplicate' });
    const changes = await archive.catalog.changes({ after: 0, limit: 10 });
    expect(changes.map(({ kind }) => kind)).toEqual(['stored', 'repaired']);
    expect(await archive.catalog.counts(scope)).toMatchObject({ instances: 1, bytes: bytes.length });
  });

  it.each(ways)('are kept aside anew when the object of their conflict %s', async (_way, harm) => {
    const other = exampleFile({ instanceUid, pixels, patientName: 'Other^One' });
    await send(exampleFile({ instanceUid, pixels }));
    const first = (await send(other)) as { receipt: string };
    await harm((await originals()).find((path) => path.includes(first.receipt))!);
    const again = await send(other);
    expect(again).toMatchObject({ kind: 'conflict', reason: 'other-bytes', repairs: first.receipt });
    const [conflict, ...more] = await archive.catalog.conflicts({ limit: 10 });
    expect(more).toEqual([]);
    expect((await readFile(join(folder, 'vault', conflict!.location.key))).equals(other)).toBe(true);
    expect(await send(other)).toMatchObject({ kind: 'conflict', receipt: conflict!.receipt });
  });

  it('are stored anew once when many send them at the same time', async () => {
    const bytes = exampleFile({ instanceUid, pixels });
    await send(bytes);
    await rm((await originals())[0]!);
    const kinds = (await Promise.all([send(bytes), send(bytes), send(bytes)])).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['duplicate', 'duplicate', 'stored']);
    expect((await retrieve()).equals(bytes)).toBe(true);
  });
});

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length - 2000]! ^= 1;
  await chmod(path, 0o600);
  await writeFile(path, bytes);
}

describe('an instance with a wrong byte', () => {
  const target = exampleTarget(instanceUid);
  const asked = { scope, path: '7FE00010' };
  const range = { start: 2900, end: 3100 };

  async function damagedWith(length: number): Promise<void> {
    await open();
    await send(exampleFile({ instanceUid, pixels: new Uint8Array(length) }));
    await flip((await originals())[0]!);
  }

  it('gives no range of a value up to 1 MiB', async () => {
    await damagedWith(5000);
    await expect(retrieve({ start: 10, end: 20 })).rejects.toMatchObject({ code: 'damaged' });
    const bulk = await retrieveBulkData(archive, target, asked);
    await expect(bulk.open({ range })).rejects.toMatchObject({ code: 'damaged' });
  });

  it('gives a range of a longer value as it lies', async () => {
    await damagedWith(1024 * 1026);
    expect(await retrieve({ start: 10, end: 20 })).toHaveLength(10);
    const bulk = await retrieveBulkData(archive, target, asked);
    expect(await joined(await bulk.open({ range }))).toHaveLength(200);
  });
});

describe.each(ways.slice(0, 2))('an instance whose object %s', (_way, harm) => {
  beforeEach(async () => {
    await open();
    await send(exampleFile({ instanceUid, pixels }));
    await harm((await originals())[0]!);
  });

  const target = exampleTarget(instanceUid);
  const bulk = { scope, path: '7FE00010' };

  it.each([
    ['whole', () => retrieve()],
    ['in part', () => retrieve({ start: 4000, end: 5000 })],
    ['by frames', async () => joined(await (await retrieveFrames(archive, target, { scope })).frames[0]!.open())],
    ['as bulk data', async () => joined(await (await retrieveBulkData(archive, target, bulk)).open())],
  ])('is told to be damaged, %s', async (_part, read) => {
    await expect(read()).rejects.toMatchObject({ code: 'damaged' });
  });
});
