import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCatalog } from '@bucky/catalog';
import { parseUid } from '@bucky/dicom';
import { openFolderVault } from '@bucky/vault';
import type { Archive, Policies } from './archive.js';
import { exampleFile, exampleTarget } from './example-file.js';
import { openArchive } from './open-archive.js';
import type { ReceiveOutcome } from './receive/outcome.js';
import { takeInstance } from './receive/receive-instance.js';
import { retrieveFrames } from './retrieve/frames.js';
import { retrieveInstances } from './retrieve/instance.js';
import { joined } from './retrieve/stored-bytes.js';

const scope = { kind: 'everything' } as const;

let folder: string;
let archive: Archive;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-archive-'));
  archive = await open();
});

afterEach(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

async function open(policies: Partial<Policies> = {}): Promise<Archive> {
  const vault = await openFolderVault({ folder: join(folder, 'vault') });
  const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
  return openArchive({ vault, catalog, folder, policies });
}

async function reopen(policies: Partial<Policies>): Promise<void> {
  await archive.close();
  archive = await open(policies);
}

/** Cuts bytes into pieces as a network would. */
function body(bytes: Buffer, size = 1000): Readable {
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  return Readable.from(chunks);
}

async function send(bytes: Buffer, studyUid?: string): Promise<ReceiveOutcome> {
  const options = { source: 'test', ...(studyUid === undefined ? {} : { studyUid: parseUid(studyUid) }) };
  return (await takeInstance(archive, body(bytes), options)).outcome;
}

async function retrieve(instanceUid: string): Promise<Buffer | undefined> {
  for await (const instance of retrieveInstances(archive, exampleTarget(instanceUid), scope)) {
    return Buffer.from(await joined(await instance.open()));
  }
  return undefined;
}

async function originals(): Promise<string[]> {
  const names = await readdir(join(folder, 'vault'), { recursive: true });
  return names.filter((name) => name.endsWith('.dcm'));
}

/** Limits so low that a small file takes the way of a large one. */
const small = { bufferedBytes: 1000 };
const large = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);

describe.each([
  ['held in memory', {}],
  ['streamed', small],
])('an instance that is %s', (_, policies) => {
  beforeEach(() => reopen(policies));

  it('comes back as it was received', async () => {
    const bytes = exampleFile({ instanceUid: '1.2.9', pixels: large });
    expect(await send(bytes)).toMatchObject({ kind: 'stored', size: bytes.length });
    expect((await retrieve('1.2.9'))?.equals(bytes)).toBe(true);
  });

  it('is stored once when the same bytes come again', async () => {
    const bytes = exampleFile({ instanceUid: '1.2.9', pixels: large });
    await send(bytes);
    expect(await send(bytes)).toMatchObject({ kind: 'duplicate' });
    expect(await originals()).toHaveLength(1);
  });

  it('stays when other bytes come under its UID, which are kept aside once', async () => {
    const first = exampleFile({ instanceUid: '1.2.9', pixels: large });
    const second = exampleFile({ instanceUid: '1.2.9', pixels: large, patientName: 'Other^One' });
    await send(first);
    expect(await send(second)).toMatchObject({ kind: 'conflict', reason: 'other-bytes' });
    expect(await send(second)).toMatchObject({ kind: 'conflict', reason: 'other-bytes' });
    expect((await retrieve('1.2.9'))?.equals(first)).toBe(true);
    expect(await originals()).toHaveLength(2);
    const [conflict, ...others] = await archive.catalog.conflicts({ limit: 10 });
    expect(others).toEqual([]);
    expect(conflict?.sha256).toBe(createHash('sha256').update(second).digest('hex'));
    const text = await readFile(join(folder, 'vault', 'conflicts', `${conflict!.receipt}.json`), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ key: conflict!.location.key, reason: 'other-bytes' });
  });

  it('stays when its bytes come under another study', async () => {
    await send(exampleFile({ instanceUid: '1.2.9', pixels: large }));
    const elsewhere = exampleFile({ instanceUid: '1.2.9', studyUid: '1.2.4', pixels: large });
    expect(await send(elsewhere)).toMatchObject({ kind: 'conflict', reason: 'other-study-or-series' });
  });

  it('is refused, leaving nothing, when it is cut inside an element', async () => {
    const bytes = exampleFile({ instanceUid: '1.2.9', pixels: large });
    const outcome = await send(bytes.subarray(0, bytes.length - 1));
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'corrupt' }, identity: { instanceUid: '1.2.9' } });
    expect(await originals()).toEqual([]);
    expect(archive.budget.usedBytes).toBe(0);
  });

  it('is refused when it is not of the study that was named', async () => {
    const outcome = await send(exampleFile({ instanceUid: '1.2.9', pixels: large }), '1.2.77');
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'mismatch' } });
    expect(await originals()).toEqual([]);
  });

  it('leaves nothing when its sender goes away', async () => {
    const bytes = exampleFile({ instanceUid: '1.2.9', pixels: large });
    const sender = Readable.from(
      (function* () {
        yield bytes.subarray(0, 3000);
        throw new Error('gone');
      })(),
    );
    await expect(takeInstance(archive, sender, { source: 'test' })).rejects.toThrow('gone');
    expect(await originals()).toEqual([]);
    expect(archive.budget.usedBytes).toBe(0);
  });
});

describe('takeInstance', () => {
  it('refuses what is no DICOM and reads it to its end', async () => {
    const text = body(Buffer.from('hello '.repeat(1000)));
    const { outcome } = await takeInstance(archive, text, { source: 'test' });
    expect(await outcome).toMatchObject({ kind: 'failed', identity: {} });
    expect(text.readableEnded).toBe(true);
  });

  it('names the limit that a file met', async () => {
    await reopen({ partBytes: 2000 });
    const outcome = await send(exampleFile({ instanceUid: '1.2.9', pixels: large }));
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'limit' } });
    expect(outcome.kind === 'failed' && outcome.error.message).toContain('partBytes');
  });

  it('lets one of many that race under one UID win, and keeps one Instance', async () => {
    const bytes = exampleFile({ instanceUid: '1.2.9' });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(bytes)));
    expect(outcomes.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    expect(outcomes.filter(({ kind }) => kind === 'duplicate')).toHaveLength(19);
  });

  it('goes on after the newest receipt when it is opened again', async () => {
    await send(exampleFile({ instanceUid: '1.2.9' }));
    const newest = await archive.catalog.newestReceipt();
    await reopen({});
    expect(archive.receipts.next() > newest!).toBe(true);
  });
});

describe('retrieveInstances', () => {
  it('zeroes the preamble of a program, and the vault keeps it', async () => {
    const bytes = exampleFile({ instanceUid: '1.2.9', preamble: Buffer.from('MZ program') });
    await send(bytes);
    const retrieved = await retrieve('1.2.9');
    expect(retrieved?.subarray(0, 128).every((byte) => byte === 0)).toBe(true);
    expect(retrieved?.subarray(128).equals(bytes.subarray(128))).toBe(true);
    const [key] = await originals();
    expect((await readFile(join(folder, 'vault', key!))).equals(bytes)).toBe(true);
  });

  it('puts File Meta Information before a Data Set that came bare', async () => {
    const whole = exampleFile({ instanceUid: '1.2.9' });
    const dataSet = whole.subarray(whole.indexOf(Buffer.from([8, 0, 0x16, 0])));
    expect(await send(dataSet)).toMatchObject({ kind: 'stored' });
    const retrieved = await retrieve('1.2.9');
    expect(retrieved?.subarray(128, 132).toString()).toBe('DICM');
    expect(retrieved?.subarray(-dataSet.length).equals(dataSet)).toBe(true);
    for await (const instance of retrieveInstances(archive, exampleTarget('1.2.9'), scope)) {
      expect(instance.size).toBe(retrieved?.length);
      const range = { start: 100, end: retrieved!.length - 5 };
      expect(Buffer.from(await joined(await instance.open({ range }))).equals(retrieved!.subarray(100, -5))).toBe(true);
    }
  });
});

describe('retrieveFrames', () => {
  it('refuses a Frame past the last with not-found', async () => {
    await send(exampleFile({ instanceUid: '1.2.9' }));
    const { frames } = await retrieveFrames(archive, exampleTarget('1.2.9'), { scope, frameNumbers: [1] });
    expect([...(await joined(await frames[0]!.open()))]).toEqual([1, 2, 3, 4]);
    const beyond = retrieveFrames(archive, exampleTarget('1.2.9'), { scope, frameNumbers: [2] });
    await expect(beyond).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('files with very many items', () => {
  const pixels = Uint8Array.of(1, 2, 3, 4);

  /** An example with `count` empty items before its pixels, in pieces of a thousand items. */
  function pieces(instanceUid: string, count: number): readonly Buffer[] {
    const bytes = exampleFile({ instanceUid, pixels });
    const end = bytes.length - 12 - pixels.length;
    const header = Buffer.from([0x28, 0, 0x10, 0x30, 0x53, 0x51, 0, 0, 0, 0, 0, 0]); // (0028,3010) SQ
    header.writeUInt32LE(count * 8, 8);
    const items = Buffer.alloc(8000, Buffer.from([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]));
    return [
      Buffer.concat([bytes.subarray(0, end), header]),
      ...Array<Buffer>(count / 1000).fill(items),
      bytes.subarray(end),
    ];
  }

  /** Sends all but the pixels, and those when `isOpen` resolves. */
  function sender(
    instanceUid: string,
    isOpen: Promise<void>,
  ): { outcome: Promise<ReceiveOutcome>; sent: () => number } {
    let sent = 0;
    async function* bytes(): AsyncGenerator<Buffer> {
      const all = pieces(instanceUid, 12_000);
      for (const piece of all.slice(0, -1)) {
        yield piece;
        sent++;
      }
      await isOpen;
      yield all.at(-1)!;
    }
    const outcome = takeInstance(archive, bytes(), { source: 'test' }).then((taken) => taken.outcome);
    return { outcome, sent: () => sent };
  }

  async function someTurns(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  it('are read while there is room for their headers, which one as large as the limits allow nearly fills', async () => {
    await reopen({ limits: { elements: 20_000 } });
    let open: (() => void) | undefined;
    const isOpen = new Promise<void>((resolve) => (open = resolve));
    const first = sender('1.2.9.1', isOpen);
    await someTurns();
    const second = sender('1.2.9.2', isOpen);
    await someTurns();
    expect([first.sent(), second.sent()]).toEqual([13, 10]);
    open?.();
    for (const { outcome } of [first, second]) expect(await outcome).toMatchObject({ kind: 'stored' });
    expect(archive.headerBudget.usedBytes).toBe(0);
  });

  it('give their room back when they are refused', async () => {
    await reopen({ limits: { elements: 11_000 } });
    const refused = await sender('1.2.9.1', Promise.resolve()).outcome;
    expect(refused).toMatchObject({ kind: 'failed', error: { code: 'limit' } });
    expect([archive.headerBudget.usedBytes, archive.budget.usedBytes]).toEqual([0, 0]);
  });
});
