/** Records for tests: what the archive would make of small files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { parsePersonName, parseUid, tagText, type Scope, type Uid } from '@bucky/dicom';
import type { Catalog } from './catalog.js';
import type { DeflatedMetadata, InstanceRecord } from './instance-record.js';
import { openCatalog, type OpenCatalog } from './open-catalog.js';
import type { DicomJsonObject, Query } from './query.js';
import { searchableAttribute, type SearchableValues } from './searchable.js';

export const everything: Scope = { kind: 'everything' };

/** What a test says of a record; the rest follows from it. */
export interface Example {
  readonly study?: string;
  readonly series?: string;
  readonly instance: string;
  readonly receipt?: string;
  readonly sha256?: string;
  readonly sopClass?: string;
  readonly values?: InstanceRecord['searchable'];
  readonly json?: DicomJsonObject;
  readonly frameTable?: Uint8Array;
  readonly bulkEntries?: InstanceRecord['bulkEntries'];
}

let receipts = 0;

/** Makes the next receipt. */
export function nextReceipt(): string {
  return String(++receipts).padStart(10, '0');
}

/** Makes a record of what a test says. */
export function exampleRecord(example: Example): InstanceRecord {
  const { study = '1.2', instance, receipt = nextReceipt(), frameTable } = example;
  return {
    studyUid: parseUid(study),
    seriesUid: parseUid(example.series ?? `${study}.1`),
    instanceUid: parseUid(instance),
    sopClassUid: parseUid(example.sopClass ?? '1.2.840.10008.5.1.4.1.1.2'),
    transferSyntaxUid: parseUid('1.2.840.10008.1.2.1'),
    receipt,
    location: { key: `studies/${study}/${instance}.${receipt}.dcm`, offset: 0, length: 1000 },
    sha256: example.sha256 ?? `sha256 of ${instance}`,
    crc32: 0xffffffff,
    deflated: false,
    ...(frameTable === undefined ? {} : { frameTable }),
    bulkEntries: example.bulkEntries ?? [],
    metadata: deflate(JSON.stringify(example.json ?? jsonOf(instance, example.values ?? {}))),
    searchable: example.values ?? {},
    oddities: [],
    source: 'test',
    receivedAt: '2026-11-03T09:00:00.000Z',
  };
}

/** DICOM JSON of which the catalog reads these values. */
function jsonOf(instance: string, values: SearchableValues): DicomJsonObject {
  const json: Record<string, DicomJsonObject[string]> = { '00080018': { vr: 'UI', Value: [instance] } };
  for (const [keyword, text = ''] of Object.entries(values)) {
    const { tag, vr, multiple } = searchableAttribute(keyword)!;
    const texts = multiple ? text.split('\\') : [text];
    if (text !== '')
      json[tagText(tag)] = {
        vr,
        Value: vr === 'SQ' ? (JSON.parse(text) as unknown[]) : texts.map((one) => jsonValue(vr, one)),
      };
  }
  return json;
}

function jsonValue(vr: string, text: string): unknown {
  return vr === 'PN' ? parsePersonName(text) : text;
}

function deflate(text: string): DeflatedMetadata {
  const bytes = Buffer.from(text);
  const deflated = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  return { deflated, length: bytes.length, crc32: crc32(bytes) };
}

/** Completes a query for studies. */
export function exampleQuery(query: Partial<Query> = {}): Query {
  return { level: 'study', matching: [], includeFields: [], orderBy: [], limit: 100, offset: 0, ...query };
}

/** A catalog in a temporary folder. */
export interface ExampleCatalog {
  readonly catalog: Catalog;
  readonly file: string;
  remove(): Promise<void>;
}

/** Opens an empty catalog in a folder of its own. */
export async function exampleCatalog(options: Omit<OpenCatalog, 'file'> = {}): Promise<ExampleCatalog> {
  const folder = await mkdtemp(join(tmpdir(), 'bucky-catalog-'));
  const file = join(folder, 'catalog.sqlite');
  const catalog = await openCatalog({ file, ...options });
  return {
    catalog,
    file,
    async remove() {
      await catalog.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Reads a UID that a test wrote. */
export function uid(text: string): Uid {
  return parseUid(text);
}

/** Joins the batches of an iteration. */
export async function collect<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const batch of batches) all.push(...batch);
  return all;
}
