import { constants, crc32, deflateRawSync } from 'node:zlib';
import type { DeflatedMetadata, Seal, Target } from '@bucky/catalog';
import { BuckyError, combineCrc32, type Bytes, type Scope } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { gunzipped } from './gunzipped.js';

export interface RetrievedMetadata {
  /** Opaque value for a strong ETag, without quotes; differs by coding. */
  readonly version: string;
  /** A JSON array of DICOM JSON objects; as exactly one gzip member when that coding was asked. */
  readonly open: () => Bytes;
}

/** Metadata of a study, series or instance. Throws `not-found`. @see PS3.18 10.4.1.1.2 */
export async function retrieveMetadata(
  archive: Archive,
  target: Target,
  options: { readonly scope: Scope; readonly coding: 'gzip' | 'identity' },
): Promise<RetrievedMetadata> {
  const { catalog } = archive;
  const state = await catalog.metadataVersion(target, options.scope);
  if (state === undefined) throw new BuckyError('not-found', 'There is no such study, series or instance here');
  const { version, seal } = state;
  const unsealed = (): Bytes => gzipMember(catalog.metadata(target, options.scope));
  const zipped = seal === undefined ? unsealed : () => openSeal(archive, seal, unsealed);
  const coding = options.coding === 'gzip' && seal !== undefined ? 'sealed' : options.coding;
  return {
    version: `${version}-${coding}`,
    open: options.coding === 'gzip' ? zipped : () => gunzipped(zipped()),
  };
}

/** Sends the sealed metadata of a Series as they lie; those of the catalog when they cannot be had. */
async function* openSeal({ seals }: Archive, seal: Seal, unsealed: () => Bytes): Bytes {
  const bytes = await seals.open(seal).catch((error: unknown) => {
    if (error instanceof BuckyError) return undefined;
    throw error;
  });
  yield* bytes ?? unsealed();
}

type Batches = AsyncIterable<readonly DeflatedMetadata[]>;

/** Deflated text that others can stand before and behind. */
function fragment(text: string, finishFlush = constants.Z_SYNC_FLUSH): DeflatedMetadata {
  const bytes = Buffer.from(text);
  return { deflated: deflateRawSync(bytes, { finishFlush }), length: bytes.length, crc32: crc32(bytes) };
}

const opening = fragment('[');
const comma = fragment(',');
const closing = fragment(']', constants.Z_FINISH);

// 0: magic (2), method deflate (1), flags (1), time (4), extra flags (1), system unknown (1). @see RFC 1952 2.3.1
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

/** Joins what was deflated at ingest under one header: Chromium reads only the first of several gzip members. */
async function* gzipMember(batches: Batches): Bytes {
  let sum = 0;
  let size = 0;
  const add = ({ deflated, length, crc32 }: DeflatedMetadata): Uint8Array => {
    sum = combineCrc32(sum, crc32, length);
    size += length;
    return deflated;
  };
  // Given with the first batch: what fails by then still gets a status of its own.
  let pieces: Uint8Array[] = [gzipHeader];
  let separator = opening;
  for await (const batch of batches) {
    for (const one of batch) {
      pieces.push(add(separator), add(one));
      separator = comma;
    }
    yield Buffer.concat(pieces);
    pieces = [];
  }
  if (separator === opening) pieces.push(add(opening));
  pieces.push(add(closing));
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(sum >>> 0, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  yield Buffer.concat([...pieces, trailer]);
}
