import { constants, crc32, deflateRawSync, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import type { DeflatedMetadata, Target } from '@bucky/catalog';
import { BuckyError, combineCrc32, type Bytes, type Scope } from '@bucky/dicom';
import type { Archive } from '../archive.js';

export interface RetrievedMetadata {
  /** Opaque value for a strong ETag, without quotes; differs by coding. */
  readonly version: string;
  /** A JSON array of DICOM JSON objects; as exactly one gzip member when that coding was asked. */
  readonly open: () => Bytes;
}

const inflate = promisify<Uint8Array, { finishFlush: number }, Buffer>(inflateRaw);

/** Metadata of a study, series or instance. Throws `not-found`. @see PS3.18 10.4.1.1.2 */
export async function retrieveMetadata(
  archive: Archive,
  target: Target,
  options: { readonly scope: Scope; readonly coding: 'gzip' | 'identity' },
): Promise<RetrievedMetadata> {
  const version = await archive.catalog.metadataVersion(target, options.scope);
  if (version === undefined) throw new BuckyError('not-found', 'There is no such study, series or instance here');
  const open = options.coding === 'gzip' ? gzipMember : plain;
  return {
    version: `${version}-${options.coding}`,
    open: () => open(archive.catalog.metadata(target, options.scope)),
  };
}

type Batches = AsyncIterable<readonly DeflatedMetadata[]>;

async function* plain(batches: Batches): Bytes {
  let separator = '[';
  for await (const batch of batches) {
    for (const { deflated } of batch) {
      yield Buffer.from(separator);
      yield await inflate(deflated, { finishFlush: constants.Z_SYNC_FLUSH });
      separator = ',';
    }
  }
  yield Buffer.from(separator === '[' ? '[]' : ']');
}

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
  yield gzipHeader;
  let separator = opening;
  for await (const batch of batches) {
    const pieces: Uint8Array[] = [];
    for (const one of batch) {
      pieces.push(add(separator), add(one));
      separator = comma;
    }
    yield Buffer.concat(pieces);
  }
  if (separator === opening) yield add(opening);
  yield add(closing);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(sum >>> 0, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  yield trailer;
}
