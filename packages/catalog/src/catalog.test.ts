import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { parseUid, type Scope } from '@bucky/dicom';
import type { Catalog } from './catalog.js';
import type { InstanceRecord } from './instance-record.js';
import { openCatalog } from './open-catalog.js';
import type { Query } from './query.js';

const everything: Scope = { kind: 'everything' };

let folder: string;
let catalog: Catalog;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-catalog-'));
  catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
});

afterEach(async () => {
  await catalog.close();
  await rm(folder, { recursive: true });
});

interface Made {
  readonly study?: string;
  readonly series?: string;
  readonly instance: string;
  readonly receipt?: string;
  readonly sha256?: string;
  readonly searchable?: InstanceRecord['searchable'];
  readonly json?: unknown;
}

let receipts = 0;

function record(made: Made): InstanceRecord {
  const receipt = made.receipt ?? String(++receipts).padStart(10, '0');
  const text = Buffer.from(JSON.stringify(made.json ?? {}));
  const deflated = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  return {
    studyUid: parseUid(made.study ?? '1.2'),
    seriesUid: parseUid(made.series ?? `${made.study ?? '1.2'}.1`),
    instanceUid: parseUid(made.instance),
    sopClassUid: parseUid('1.2.840.10008.5.1.4.1.1.2'),
    transferSyntaxUid: parseUid('1.2.840.10008.1.2.1'),
    receipt,
    location: { key: `studies/${made.instance}.${receipt}.dcm`, offset: 0, length: 1000 },
    sha256: made.sha256 ?? `sha-${made.instance}`,
    crc32: 7,
    deflated: false,
    bulkEntries: [],
    metadata: { deflated, length: text.length, crc32: crc32(text) },
    searchable: made.searchable ?? {},
    oddities: [],
    source: 'test',
  };
}

function query(overrides: Partial<Query>): Query {
  return { level: 'study', matching: [], includeFields: [], orderBy: [], limit: 100, offset: 0, ...overrides };
}

it('commits an Instance once, calls the same bytes a duplicate and others a conflict', async () => {
  const first = record({ instance: '1.2.1.1' });
  expect(await catalog.commit([first])).toEqual([{ kind: 'stored' }]);
  const again = record({ instance: '1.2.1.1' });
  const other = record({ instance: '1.2.1.1', sha256: 'other' });
  const moved = record({ instance: '1.2.1.1', study: '1.3' });
  expect(await catalog.commit([again, other, moved])).toEqual([
    { kind: 'duplicate', receipt: first.receipt },
    { kind: 'conflict', receipt: first.receipt },
    { kind: 'conflict', receipt: first.receipt },
  ]);
  const { results } = await catalog.find(query({}), everything);
  expect(results).toMatchObject([{ '0020000D': { vr: 'UI', Value: ['1.2'] }, '00201208': { vr: 'IS', Value: [1] } }]);
  expect(await catalog.counts(everything)).toEqual({ studies: 1, series: 1, instances: 1, bytes: 1000, conflicts: 2 });
});
