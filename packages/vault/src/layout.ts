import type { Uid } from '@bucky/dicom';
import type { ObjectKey } from './vault.js';

/** The only file that builds or takes apart a key. @see docs/bucket-format.md */

/** Letters, digits and `. _ -`, not beginning with a dot: safe on every file system and in every URL, never `.` or `..`. */
const segment = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
/** What a file name may have at most on common file systems. */
const segmentLimit = 255;
/** What a key may have at most in S3. */
const keyLimit = 1024;

/** Key of an original: a receipt makes it one that cannot exist yet. */
export function instanceKey(
  identity: { readonly studyUid: Uid; readonly seriesUid: Uid; readonly instanceUid: Uid },
  receipt: string,
): ObjectKey {
  return `studies/${identity.studyUid}/${identity.seriesUid}/${identity.instanceUid}.${receipt}.dcm` as ObjectKey;
}

/** Key of the record that names the bytes kept aside under a SOP Instance UID that is taken. */
export function conflictKey(receipt: string): ObjectKey {
  return `conflicts/${receipt}.json` as ObjectKey;
}

/** Key of the record of how a conflict ended, or that a deletion was undone. */
export function decisionKey(receipt: string): ObjectKey {
  return `decisions/${receipt}.json` as ObjectKey;
}

/** Key of the record that hides files. */
export function deletionKey(receipt: string): ObjectKey {
  return `deletions/${receipt}.json` as ObjectKey;
}

/** Key of the record that files which a deletion hid are removed for good. */
export function purgeKey(deletion: string): ObjectKey {
  return `purges/${deletion}.json` as ObjectKey;
}

/** Key of the record that a study is held, or released. */
export function holdKey(receipt: string): ObjectKey {
  return `ledger/holds/${receipt}.json` as ObjectKey;
}

/** What the keys of all seals of a Series begin with. */
export function sealPrefix({ studyUid, seriesUid }: { readonly studyUid: string; readonly seriesUid: string }): string {
  return `studies/${studyUid}/${seriesUid}/metadata.`;
}

/** Key of the sealed metadata of a Series; the newest counts. */
export function sealKey(series: { readonly studyUid: Uid; readonly seriesUid: Uid }, receipt: string): ObjectKey {
  return `studies/${series.studyUid}/${series.seriesUid}/metadata.${receipt}.json.gz` as ObjectKey;
}

const seal = /^studies\/([\d.]+)\/([\d.]+)\/metadata\.([0-9a-z]{26})\.json\.gz$/;

/** Takes the key of a seal apart; undefined for any other key. */
export function parseSealKey(key: string): Omit<OriginalName, 'instanceUid'> | undefined {
  const [, studyUid, seriesUid, receipt] = seal.exec(key) ?? [];
  if (studyUid === undefined || seriesUid === undefined || receipt === undefined) return undefined;
  return { studyUid, seriesUid, receipt };
}

/** Folders of the records of facts. */
export const factPrefixes = {
  conflict: 'conflicts/',
  decision: 'decisions/',
  deletion: 'deletions/',
  purge: 'purges/',
  hold: 'ledger/holds/',
} as const;

const record = /^[a-z]+\/(?:[a-z]+\/)?([0-9a-z]{26})\.json$/;

/** Takes the receipt out of the key of a record; undefined for any other key. */
export function parseRecordKey(key: string): string | undefined {
  return record.exec(key)?.[1];
}

/** Where the studies lie. */
export const studiesPrefix = 'studies/';

/** What the key of an original tells. */
export interface OriginalName {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly receipt: string;
}

const original = /^studies\/([\d.]+)\/([\d.]+)\/([\d.]+)\.([0-9a-z]{26})\.dcm$/;

/** Takes the key of an original apart; undefined for any other key. */
export function parseOriginalKey(key: string): OriginalName | undefined {
  const [, studyUid, seriesUid, instanceUid, receipt] = original.exec(key) ?? [];
  if (studyUid === undefined || seriesUid === undefined) return undefined;
  if (instanceUid === undefined || receipt === undefined) return undefined;
  return { studyUid, seriesUid, instanceUid, receipt };
}

/** Key of the text that tells how to read the bucket. */
export const formatKey = 'FORMAT.md' as ObjectKey;

/** Key of an object that lives for the length of a check. */
export function checkKey(name: string): ObjectKey {
  return `checks/${name}` as ObjectKey;
}

/** Tells whether text can be a key: what cannot would be able to leave a folder, or mean another object elsewhere. */
export function isObjectKey(text: string): text is ObjectKey {
  return text.length <= keyLimit && text.split('/').every((part) => part.length <= segmentLimit && segment.test(part));
}

/** Refuses what is no key. Throws `TypeError`, as only `layout.ts` makes keys: another one is a bug of ours. */
export function assertKey(key: ObjectKey): void {
  if (!isObjectKey(key)) throw new TypeError('Cannot use a text as object key that layout.ts cannot have made');
}

/** Refuses what no key begins with. Throws `TypeError`. */
export function assertPrefix(prefix: string): void {
  if (prefix !== '' && !isObjectKey(prefix.replace(/\/$/, ''))) {
    throw new TypeError('Cannot list by a prefix that no object key begins with');
  }
}
