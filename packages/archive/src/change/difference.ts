import { createHash } from 'node:crypto';
import { constants, inflateRawSync } from 'node:zlib';
import type { DicomJsonObject, KeptRecord } from '@bucky/catalog';
import { BuckyError, decodeFrameTable } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { readCounted } from '../retrieve/data-set-bytes.js';

/** One Attribute in which two files differ; what one of them does not have is missing. */
export interface DifferentAttribute {
  readonly tag: string;
  readonly held: DicomJsonObject[string] | undefined;
  readonly aside: DicomJsonObject[string] | undefined;
}

/** How a file that is aside differs from the one that holds its UID. */
export interface Difference {
  readonly held: FileSummary | undefined;
  readonly aside: FileSummary;
  readonly attributes: readonly DifferentAttribute[];
}

export interface FileSummary {
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly size: number;
  readonly transferSyntaxUid: string;
  readonly source: string;
  readonly receivedAt: string;
  /** SHA-256 of the stored pixels of all Frames, one after the other; undefined without Pixel Data. */
  readonly pixelSha256: string | undefined;
}

/** Compares a file that is aside with the one that holds its UID, by Attribute and by pixels. Throws `not-found`. */
export async function conflictDifference(archive: Archive, receipt: string): Promise<Difference> {
  const aside = await archive.catalog.record(receipt);
  if (aside === undefined) throw new BuckyError('not-found', 'There is no such conflict');
  const holder = await archive.catalog.known(aside.instanceUid);
  const held = holder === undefined ? undefined : await archive.catalog.record(holder.receipt);
  return {
    held: held === undefined ? undefined : await summary(archive, held),
    aside: await summary(archive, aside),
    attributes: differentAttributes(held, aside),
  };
}

async function summary(archive: Archive, record: KeptRecord): Promise<FileSummary> {
  const { receipt, studyUid, seriesUid, transferSyntaxUid, source, receivedAt, location } = record;
  const pixelSha256 = await hashPixels(archive, record);
  return { receipt, studyUid, seriesUid, size: location.length, transferSyntaxUid, source, receivedAt, pixelSha256 };
}

async function hashPixels(archive: Archive, record: KeptRecord): Promise<string | undefined> {
  if (record.frameTable === undefined) return undefined;
  const table = decodeFrameTable(record.frameTable);
  const hash = createHash('sha256');
  for (let number = 1; number <= table.numberOfFrames; number += 1) {
    const { start, end, fragments } = table.frame(number);
    let at = start;
    const pieces = [...fragments];
    for await (const chunk of await readCounted(archive, record, { range: { start, end }, signal: undefined })) {
      for (const { offset, length } of pieces) {
        const from = Math.max(0, offset - at);
        const to = Math.min(chunk.length, offset + length - at);
        if (from < to) hash.update(chunk.subarray(from, to));
      }
      at += chunk.length;
    }
  }
  return hash.digest('hex');
}

function differentAttributes(held: KeptRecord | undefined, aside: KeptRecord): readonly DifferentAttribute[] {
  const [one, other] = [held === undefined ? {} : jsonOf(held), jsonOf(aside)];
  const tags = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return tags.flatMap((tag) => {
    const same = held !== undefined && comparable(held, one, tag) === comparable(aside, other, tag);
    return same ? [] : [{ tag, held: one[tag], aside: other[tag] }];
  });
}

/** A value as text; bulk data by length and CRC-32, as both lie under the same URL. */
function comparable({ bulkEntries }: KeptRecord, json: DicomJsonObject, tag: string): string {
  const sums = bulkEntries.filter(({ path }) => path.startsWith(tag)).map(({ length, crc32 }) => [length, crc32]);
  return JSON.stringify([json[tag], sums], (name, value: unknown) => (name === 'BulkDataURI' ? '' : value));
}

function jsonOf({ metadata }: KeptRecord): DicomJsonObject {
  const text = inflateRawSync(metadata.deflated, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
  return JSON.parse(text) as DicomJsonObject; // written by us
}
