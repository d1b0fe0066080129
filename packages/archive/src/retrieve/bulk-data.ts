import type { LocatedInstance, Target } from '@bucky/catalog';
import {
  BuckyError,
  isVr,
  transferSyntaxOf,
  wordLength,
  type ByteRange,
  type Bytes,
  type Scope,
  type Uid,
} from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { readCounted } from './data-set-bytes.js';
import { instanceAttributes } from './instance-attributes.js';
import { bigEndianPixels } from './little-endian.js';
import { checked, proven, provenRangeBytes, slice, type OpenOptions } from './stored-bytes.js';
import { swapped } from './swap-bytes.js';

export interface RetrievedBulkData {
  readonly vr: string;
  /** `application/octet-stream`, or what the Instance says its document is (0042,0012). */
  readonly mediaType: string;
  readonly transferSyntaxUid: Uid;
  readonly length: number;
  /** Opaque value for a strong ETag, without quotes. */
  readonly version: string;
  open(options?: OpenOptions): Promise<Bytes>;
}

const encapsulatedDocument = '00420011';

/** A value that metadata left out, by its path there (`54000100/0/54001010`). Throws `not-found`. @see PS3.18 10.4.1.1.5 */
export async function retrieveBulkData(
  archive: Archive,
  target: Required<Target>,
  options: { readonly scope: Scope; readonly path: string },
): Promise<RetrievedBulkData> {
  const found = await archive.catalog.bulkEntry(target, options.path, options.scope);
  if (found === undefined) throw new BuckyError('not-found', 'There is no such bulk data here');
  const { instance, vr, offset, length } = found;
  const word = await wordOf(archive, found, options);
  const what = `bulk data ${options.path} of instance ${instance.instanceUid}`;
  return {
    vr,
    mediaType:
      options.path === encapsulatedDocument
        ? await documentType(archive, target, options.scope)
        : 'application/octet-stream',
    transferSyntaxUid: instance.transferSyntaxUid,
    length,
    version: `${instance.sha256.slice(0, 32)}-${options.path.replaceAll('/', '.')}`,
    async open({ range = { start: 0, end: length }, signal } = {}) {
      if (length <= provenRangeBytes) {
        const all = { range: { start: 0, end: length }, offset, word, signal };
        const value = await openWords(archive, instance, all);
        return proven(checkedBefore(value, { word, crc32: found.crc32, what }), range);
      }
      const part = await openWords(archive, instance, { range: aligned(range, word, length), offset, word, signal });
      if (range.start === 0 && range.end === length) return checkedBefore(part, { word, crc32: found.crc32, what });
      return slice(swapped(part, word), {
        start: range.start % word,
        end: (range.start % word) + range.end - range.start,
      });
    },
  };
}

/** Widens a range to whole words, so that it can be turned round. */
function aligned({ start, end }: ByteRange, word: number, length: number): ByteRange {
  return { start: start - (start % word), end: Math.min(length, Math.ceil(end / word) * word) };
}

function openWords(
  archive: Archive,
  instance: LocatedInstance,
  at: { range: ByteRange; offset: number; word: number; signal: AbortSignal | undefined },
): Promise<Bytes> {
  const range = { start: at.offset + at.range.start, end: at.offset + at.range.end };
  return readCounted(archive, instance, { range, signal: at.signal });
}

function checkedBefore(bytes: Bytes, { word, ...expected }: { word: number; crc32: number; what: string }): Bytes {
  return swapped(checked(bytes, expected), word);
}

/** Bytes of one number of a value: what is big endian in the file leaves little endian. @see PS3.18 8.7.3.2 */
async function wordOf(
  archive: Archive,
  { instance, vr }: { readonly instance: LocatedInstance; readonly vr: string },
  { scope, path }: { readonly scope: Scope; readonly path: string },
): Promise<number> {
  if (transferSyntaxOf(instance.transferSyntaxUid).byteOrder === 'little') return 1;
  if (path === '7FE00010') return (await bigEndianPixels(archive, instance, scope))?.word ?? 1;
  return isVr(vr) ? (wordLength[vr] ?? 1) : 1;
}

/** Reads (0042,0012) MIME Type of Encapsulated Document out of the Instance's metadata. */
async function documentType(archive: Archive, target: Target, scope: Scope): Promise<string> {
  const type = (await instanceAttributes(archive, target, scope))['00420012']?.Value?.[0];
  // Letters that a media type has and a header may hold: what a file says must not become a header of its own.
  return typeof type === 'string' && /^[\w.+-]+\/[\w.+-]+$/.test(type)
    ? type.toLowerCase()
    : 'application/octet-stream';
}
