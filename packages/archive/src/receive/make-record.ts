import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';
import {
  readSearchable,
  searchableAttributes,
  type DeflatedMetadata,
  type DicomJsonObject,
  type InstanceRecord,
  type SearchableValues,
} from '@bucky/catalog';
import {
  DataSet,
  dicomJsonPieces,
  tag,
  writeDicomJson,
  type Attribute,
  type DicomJsonOptions,
  type Part10,
  type Tag,
  type Uid,
} from '@bucky/dicom';
import type { ObjectKey } from '@bucky/vault';
import type { Policies } from '../archive.js';
import type { Arrived } from './arrival.js';
import { receiptTime } from './receipt.js';

const availableTransferSyntaxUid = tag(0x00083002);
const deflate = promisify<Uint8Array, { level: number; finishFlush: number }, Buffer>(deflateRaw);

export interface Origin {
  readonly key: ObjectKey;
  readonly receipt: string;
  readonly source: string;
}

/** Makes of a file that has arrived what the catalog keeps of it. */
export async function makeRecord(arrived: Arrived, origin: Origin, policies: Policies): Promise<InstanceRecord> {
  const { part10, sha256, crc32: checksum } = arrived;
  const { dataSet, identity, frameTable } = part10;
  const options = jsonOptions(part10, policies);
  const text = await metadataText(part10, options);
  const isBare = part10.oddities.includes('missing-preamble') || part10.oddities.includes('missing-meta');
  return {
    ...identity,
    receipt: origin.receipt,
    location: { key: origin.key, offset: 0, length: part10.size },
    sha256,
    crc32: checksum,
    ...(isBare || part10.deflated ? { bareDataSetOffset: part10.dataSetOffset } : {}),
    deflated: part10.deflated,
    ...(frameTable === undefined ? {} : { frameTable: frameTable.encode() }),
    bulkEntries: part10.bulkEntries.map(({ path, tag: at, offset, length, crc32 }) => ({
      path,
      vr: vrAt(dataSet, path, at),
      offset,
      length,
      crc32,
    })),
    metadata: await deflateMetadata(text),
    searchable: searchableOf(dataSet, options),
    oddities: arrived.executable ? [...part10.oddities, 'executable-preamble'] : part10.oddities,
    source: origin.source,
    receivedAt: receiptTime(origin.receipt).toISOString(),
  };
}

/** BulkDataURIs are rooted at `/dicom-web`. */
function jsonOptions({ identity }: Part10, { defaultCharacterSet }: Policies): DicomJsonOptions {
  const { studyUid, seriesUid, instanceUid } = identity;
  const root = `/dicom-web/studies/${studyUid}/series/${seriesUid}/instances/${instanceUid}/bulkdata/`;
  return { bulkDataUri: (path) => root + path, defaultCharacterSet };
}

/** Characters after which the event loop has its turn: of a header as large as the limits allow there are many millions. */
const charactersAtOnce = 65_536;

/** Writes the DICOM JSON of an Instance. */
async function metadataText({ dataSet, identity }: Part10, options: DicomJsonOptions): Promise<string> {
  let text = '';
  let next = charactersAtOnce;
  for (const piece of dicomJsonPieces(withAvailableTransferSyntax(dataSet, identity.transferSyntaxUid), options)) {
    text += piece;
    if (text.length < next) continue;
    await setImmediate();
    next = text.length + charactersAtOnce;
  }
  return text;
}

/** What the values of the searchable Attributes are read by: character set, and whether pixels are signed. */
const searchableTags = [0x00080005, 0x00280103].map(tag).concat(searchableAttributes.map((attribute) => attribute.tag));

/** Items of a Sequence that are looked at for the catalog, which keeps fewer even of empty ones. */
const mostItems = 32_768;

/** Reads what the catalog searches by, as it would out of the whole metadata. */
function searchableOf(dataSet: DataSet, options: DicomJsonOptions): SearchableValues {
  const attributes = new Map<Tag, Attribute>();
  for (const at of searchableTags) {
    const attribute = dataSet.get(at);
    if (attribute === undefined) continue;
    const { items } = attribute;
    attributes.set(at, items === undefined ? attribute : { ...attribute, items: items.slice(0, mostItems) });
  }
  const text = writeDicomJson(new DataSet(attributes, dataSet.byteOrder, dataSet.parent), options);
  return readSearchable(JSON.parse(text) as DicomJsonObject); // written by us
}

/** Adds (0008,3002), by which viewers recognise video. @see PS3.18 10.6.3.3, table 10.6.3-5 */
function withAvailableTransferSyntax(dataSet: DataSet, transferSyntaxUid: Uid): DataSet {
  const attributes = new Map<Tag, Attribute>();
  for (const attribute of dataSet) attributes.set(attribute.tag, attribute);
  const bytes = Buffer.from(transferSyntaxUid, 'latin1');
  attributes.set(availableTransferSyntaxUid, { tag: availableTransferSyntaxUid, vr: 'UI', bytes });
  return new DataSet(attributes, dataSet.byteOrder, dataSet.parent);
}

/** Deflates to a whole number of bytes without ending the stream, so that Instances can be joined as they are. */
async function deflateMetadata(text: string): Promise<DeflatedMetadata> {
  const bytes = Buffer.from(text, 'utf8');
  const deflated = await deflate(bytes, { level: 6, finishFlush: constants.Z_SYNC_FLUSH });
  return { deflated, length: bytes.length, crc32: crc32(bytes) };
}

/** Finds the VR of a bulk value by its path of tags and item numbers. */
function vrAt(root: DataSet, path: string, at: Tag): string {
  const steps = path.split('/');
  let dataSet: DataSet | undefined = root;
  for (let step = 0; step + 2 < steps.length && dataSet !== undefined; step += 2) {
    dataSet = dataSet.get(tag(Number.parseInt(steps[step]!, 16)))?.items?.[Number(steps[step + 1])];
  }
  return dataSet?.get(at)?.vr ?? 'UN';
}
