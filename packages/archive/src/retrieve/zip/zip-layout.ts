import { createHash } from 'node:crypto';
import { oneChunk, type ByteRange, type Bytes } from '@bucky/dicom';
import {
  centralHeader,
  centralHeaderLength,
  localHeader,
  localHeaderLength,
  zipEnd,
  type ZipEntry,
} from '@bucky/vault';
import { checked, slice, type OpenOptions } from '../stored-bytes.js';

/** One file of a ZIP that is still to be read. */
export interface ZipMember {
  readonly name: string;
  readonly size: number;
  readonly crc32: number;
  /** Changes whenever its bytes do. */
  readonly version: string;
  /** Opens the bytes, or a range of them. */
  open(options: OpenOptions): Promise<Bytes>;
}

type Placed = ZipMember & ZipEntry;

/** Central headers that are joined before they are given on. */
const headersAtOnce = 500;

/** A ZIP of stored entries of which every byte has its place before the first is read. */
export class ZipLayout {
  readonly #members: readonly Placed[];
  readonly #directory: { readonly entries: number; readonly offset: number; readonly size: number };
  readonly size: number;
  /** Opaque value for a strong ETag, without quotes. */
  readonly version: string;

  constructor(members: readonly ZipMember[]) {
    let offset = 0;
    this.#members = members.map((member) => {
      const placed = { ...member, offset };
      offset += localHeaderLength(member) + member.size;
      return placed;
    });
    const size = this.#members.reduce((sum, member) => sum + centralHeaderLength(member), 0);
    this.#directory = { entries: members.length, offset, size };
    this.size = offset + size + zipEnd(this.#directory).length;
    this.version = versionOf(this.#members);
  }

  /**
   * Opens a range; what lies before it is not read. A member that is in the range as a whole is checked against its CRC-32
   * before its last byte leaves (`damaged`), a part of one by whoever joins the parts.
   */
  async *open(range: ByteRange, signal?: AbortSignal): Bytes {
    for (const member of this.#members) {
      const bodyAt = member.offset + localHeaderLength(member);
      if (range.start < bodyAt && member.offset < range.end) yield* part([localHeader(member)], member.offset, range);
      const wanted = within(range, { start: bodyAt, end: bodyAt + member.size });
      if (wanted !== undefined) yield* body(member, wanted, signal);
    }
    if (range.end > this.#directory.offset) yield* part(this.#tail(), this.#directory.offset, range);
  }

  *#tail(): Generator<Uint8Array> {
    for (let at = 0; at < this.#members.length; at += headersAtOnce) {
      yield Buffer.concat(this.#members.slice(at, at + headersAtOnce).map(centralHeader));
    }
    yield zipEnd(this.#directory);
  }
}

function versionOf(members: readonly Placed[]): string {
  const digest = createHash('sha256');
  for (const member of members) digest.update(centralHeader(member)).update(member.version);
  return `${digest.digest('hex').slice(0, 32)}-zip`;
}

/** The part of a stretch that lies in a range, counted from the stretch's beginning. */
function within(range: ByteRange, { start, end }: ByteRange): ByteRange | undefined {
  const part = { start: Math.max(range.start, start) - start, end: Math.min(range.end, end) - start };
  return part.start < part.end ? part : undefined;
}

/** Gives what of chunks, the first of which stands at `offset`, lies in a range. */
function* part(chunks: Iterable<Uint8Array>, offset: number, range: ByteRange): Generator<Uint8Array> {
  let position = offset;
  for (const chunk of chunks) {
    const wanted = within(range, { start: position, end: position + chunk.length });
    if (wanted !== undefined) yield chunk.subarray(wanted.start, wanted.end);
    position += chunk.length;
  }
}

async function* body(member: Placed, range: ByteRange, signal: AbortSignal | undefined): Bytes {
  const abort = signal === undefined ? {} : { signal };
  if (range.end - range.start < member.size) yield* await member.open({ range, ...abort });
  else yield* checked(await member.open(abort), { crc32: member.crc32, what: `file ${member.name} of the ZIP` });
}

/** A member whose bytes are at hand. */
export function memberOf(name: string, bytes: Uint8Array, crc32: number): ZipMember {
  return {
    name,
    size: bytes.length,
    crc32,
    version: createHash('sha256').update(bytes).digest('hex'),
    open({ range = { start: 0, end: bytes.length } }) {
      return Promise.resolve(slice(oneChunk(bytes), range));
    },
  };
}
