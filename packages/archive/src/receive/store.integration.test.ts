import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCatalog } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { conflictKey, memoryVault, type ObjectKey, type Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { exampleFile } from '../example-file.js';
import { openArchive } from '../open-archive.js';
import type { ReceiveOutcome } from './outcome.js';
import { takeInstance } from './receive-instance.js';

let folder: string;
let archive: Archive;
/** Keys that the vault refuses, as one out of order would. */
let refuses: (key: ObjectKey) => boolean;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-store-'));
  archive = await open();
});

afterEach(async () => {
  await archive.close();
  await rm(folder, { recursive: true });
});

async function open(): Promise<Archive> {
  refuses = () => false;
  const sound = memoryVault();
  const vault: Vault = {
    ...sound,
    async putNew(key, body, options) {
      if (refuses(key)) throw new BuckyError('unavailable', 'The vault is out of order');
      return sound.putNew(key, body, options);
    },
  };
  const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
  return openArchive({ vault, catalog, folder, policies: { reservedBytes: 0 } });
}

async function send(bytes: Buffer): Promise<ReceiveOutcome> {
  return (await takeInstance(archive, Readable.from([bytes]), { source: 'test' })).outcome;
}

async function keys(prefix: string): Promise<ObjectKey[]> {
  const found: ObjectKey[] = [];
  for await (const { key } of archive.vault.list(prefix)) found.push(key);
  return found;
}

const first = exampleFile({ instanceUid: '1.2.9' });
const second = exampleFile({ instanceUid: '1.2.9', patientName: 'Other^One' });

describe('a conflict', () => {
  it('is not answered as one while the vault does not tell of it', async () => {
    await send(first);
    refuses = (key) => key.startsWith('conflicts/');
    expect(await send(second)).toMatchObject({ kind: 'failed', error: { code: 'unavailable' } });
    expect(await archive.catalog.conflicts({ limit: 10 })).toEqual([]);
    refuses = () => false;
    const outcome = await send(second);
    expect(outcome).toMatchObject({ kind: 'conflict', reason: 'other-bytes' });
    expect(await keys('conflicts/')).toEqual([conflictKey(outcome.kind === 'conflict' ? outcome.receipt : '')]);
  });

  it('is told to the vault when its sender asks again after that had failed', async () => {
    await send(first);
    await send(second);
    const [key] = await keys('conflicts/');
    await archive.vault.delete(key!);
    expect(await send(second)).toMatchObject({ kind: 'conflict' });
    expect(await keys('conflicts/')).toEqual([key]);
  });
});

describe.each([
  ['held in memory', {}],
  ['streamed', { bufferedBytes: 100 }],
])('a file that is %s', (_, policies) => {
  it('leaves no object when it cannot be entered in the catalog', async () => {
    const broken = {
      ...archive.policies,
      ...policies,
      get defaultCharacterSet(): string {
        throw new Error('The record cannot be made');
      },
    };
    archive = { ...archive, policies: broken };
    expect(await send(first)).toMatchObject({ kind: 'failed', error: { code: 'internal' } });
    expect(await keys('studies/')).toEqual([]);
  });
});
