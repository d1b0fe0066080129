import type { LocatedInstance, Target } from '@bucky/catalog';
import { inFront, writeFileMeta, type Bytes, type Scope } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { crc32Behind, harmlessCrc32 } from './outgoing-crc32.js';
import { harmless, isExecutable, magicLength } from './preamble.js';
import { checked, joined, proven, provenRangeBytes, readStored, slice, type OpenOptions } from './stored-bytes.js';

/** One Instance as it leaves by DICOMweb: a Part 10 file with a harmless preamble and its File Meta Information. */
export interface RetrievedInstance {
  readonly located: LocatedInstance;
  /** Bytes that {@link open} gives without a range. */
  readonly size: number;
  /** Opaque value for a strong ETag, without quotes. */
  readonly version: string;
  /** Works out the CRC-32 of what {@link open} gives, without reading it all. */
  crc32(): Promise<number>;
  /** Opens the bytes; the whole, and a range of a small one, is checked before the last of them leaves (`damaged`). */
  open(options?: OpenOptions): Promise<Bytes>;
}

/** Walks the Instances of a target in order; nothing when there is none in the scope. */
export async function* retrieveInstances(
  archive: Archive,
  target: Target,
  scope: Scope,
): AsyncIterable<RetrievedInstance> {
  for await (const batch of archive.catalog.locate(target, scope)) {
    for (const located of batch) yield isBare(located) ? bare(archive, located) : whole(archive, located);
  }
}

/** Tells whether the original came without preamble or File Meta Information, which an answer must have. */
function isBare(located: LocatedInstance): boolean {
  return located.bareDataSetOffset !== undefined && !located.deflated;
}

function whole(archive: Archive, located: LocatedInstance): RetrievedInstance {
  const size = located.location.length;
  return {
    located,
    size,
    version: located.sha256.slice(0, 32),
    crc32: () => harmlessCrc32(archive, located),
    async open(options = {}) {
      const { range, ...others } = options;
      const isPart = range !== undefined && (range.start > 0 || range.end < size);
      if (isPart && size > provenRangeBytes) return openRange(archive, located, options);
      const bytes = harmless(checked(await readStored(archive, located, others), expected(located)));
      return isPart ? proven(bytes, range) : bytes;
    },
  };
}

async function openRange(archive: Archive, located: LocatedInstance, options: OpenOptions): Promise<Bytes> {
  const { start } = options.range!;
  const head = { ...options, range: { start: 0, end: Math.min(magicLength, located.location.length) } };
  const executable = start < 128 && isExecutable(await joined(await readStored(archive, located, head)));
  return harmless(await readStored(archive, located, options), { start, executable });
}

function bare(archive: Archive, located: LocatedInstance): RetrievedInstance {
  const meta = writeFileMeta(located);
  const skipped = located.bareDataSetOffset!;
  const size = meta.length + located.location.length - skipped;
  return {
    located,
    size,
    version: `${located.sha256.slice(0, 32)}-meta`,
    crc32: () => crc32Behind(archive, located, { front: meta, skipped }),
    async open({ range = { start: 0, end: size }, ...options } = {}) {
      const bytes = checked(await readStored(archive, located, options), expected(located));
      const dataSet = slice(bytes, { start: skipped, end: located.location.length });
      const file = inFront(meta, dataSet);
      return size <= provenRangeBytes ? proven(file, range) : slice(file, range);
    },
  };
}

function expected({ crc32, instanceUid }: LocatedInstance): { crc32: number; what: string } {
  return { crc32, what: `instance ${instanceUid}` };
}
