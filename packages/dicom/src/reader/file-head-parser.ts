import { BuckyError } from '../bucky-error.js';
import { DataSet, type Attribute } from '../data-set.js';
import type { Oddity } from '../part10.js';
import { tag as asTag, type Tag } from '../tag.js';
import { transferSyntaxOf } from '../transfer-syntax.js';
import { isUid, type Uid } from '../uid.js';
import type { ByteCursor } from './byte-cursor.js';
import { ElementHeader, tagInText, uint32, type Coding } from './element-header.js';
import { readUidText } from './identity.js';
import { awaitBytes, whenThere, type Parsing } from './pass-value.js';
import { overLimit, type ReaderBudget } from './reader-limits.js';
import { sniffCoding } from './sniff-coding.js';

/** What stands before the Data Set. */
export interface FileHead {
  readonly meta: DataSet | undefined;
  /** What File Meta Information says; nothing when it says nothing valid. */
  readonly transferSyntaxUid: Uid | undefined;
}

const preambleLength = 128;
const metaGroup = 0x0002;
const groupLengthTag = asTag(0x00020000);
const transferSyntaxTag = asTag(0x00020010);
/** File Meta Information is always Explicit VR Little Endian. @see PS3.10 7.1 */
const metaCoding: Coding = { byteOrder: 'little', explicitVr: true };

/** What reading a head takes. */
export interface HeadSource {
  readonly cursor: ByteCursor;
  readonly budget: ReaderBudget;
  readonly oddities: Set<Oddity>;
}

/**
 * Reads preamble and File Meta Information, of which each may be missing, up to the first byte of the Data Set. Throws
 * `corrupt` and `limit`.
 * @see PS3.10 7.1
 */
export function* parseFileHead(source: HeadSource): Parsing<FileHead> {
  const { cursor, oddities } = source;
  while (!cursor.has(preambleLength + 6) && !cursor.ended) yield;
  if (isMagic(cursor, preambleLength) && !isBareAllTheSame(cursor)) {
    cursor.skip(preambleLength + 4);
  } else {
    oddities.add('missing-preamble');
    if (isMagic(cursor, 0)) cursor.skip(4);
  }
  const meta = yield* parseMeta(source);
  if (meta === undefined) {
    oddities.add('missing-meta');
    return { meta, transferSyntaxUid: undefined };
  }
  const transferSyntaxUid = uidOf(meta);
  if (transferSyntaxUid === undefined) oddities.add('missing-transfer-syntax');
  else if (transferSyntaxOf(transferSyntaxUid).deflated) yield* skipZlibHeader(cursor);
  return { meta, transferSyntaxUid };
}

function isMagic(cursor: ByteCursor, ahead: number): boolean {
  const at = cursor.at + ahead;
  return cursor.has(ahead + 4) && uint32(cursor.bytes, at, false) === 0x4449434d; // DICM
}

/** The letters DICM at byte 128 of a Data Set are no prefix when no group 0002 follows. */
function isBareAllTheSame(cursor: ByteCursor): boolean {
  return groupAhead(cursor, preambleLength + 4) !== metaGroup && sniffCoding(cursor) !== undefined;
}

function groupAhead(cursor: ByteCursor, ahead: number): number | undefined {
  const at = cursor.at + ahead;
  return cursor.has(ahead + 2) ? cursor.bytes[at]! | (cursor.bytes[at + 1]! << 8) : undefined;
}

function uidOf(meta: DataSet): Uid | undefined {
  const text = readUidText(meta.get(transferSyntaxTag));
  return isUid(text) ? text : undefined;
}

/** Reads all elements of group 0002; nothing when there are none. A group length that is missing or wrong does no harm. */
function* parseMeta({ cursor, budget, oddities }: HeadSource): Parsing<DataSet | undefined> {
  const header = new ElementHeader();
  const attributes = new Map<Tag, Attribute>();
  const meta = new DataSet(attributes, 'little');
  let declaredEnd: number | undefined;
  for (;;) {
    while (!cursor.has(2) && !cursor.ended) yield;
    if (groupAhead(cursor, 0) !== metaGroup) break;
    // Deflated bytes may look like group 0002: only there does the declared end decide.
    if (cursor.position === declaredEnd && isDeflated(meta)) break;
    while (!header.read(cursor, metaCoding)) {
      awaitBytes(cursor, 'the header of an element', cursor.has(8) ? 12 : 8);
      yield;
    }
    const { tag, vr, length } = header;
    if (length > budget.limits.valueBytes) throw tooLong(cursor, header, budget);
    budget.spend(1, header.size + length);
    cursor.skip(header.size);
    yield* whenThere(cursor, length, 'a value');
    const bytes = cursor.copy(length);
    if (!attributes.has(tag)) attributes.set(tag, { tag, vr, bytes });
    if (tag === groupLengthTag && length === 4) declaredEnd = cursor.position + uint32(bytes, 0, true);
  }
  if (attributes.size === 0) return undefined;
  if (cursor.position !== declaredEnd) oddities.add('missing-meta-group-length');
  return meta;
}

function isDeflated(meta: DataSet): boolean {
  const uid = uidOf(meta);
  return uid !== undefined && transferSyntaxOf(uid).deflated;
}

function tooLong(cursor: ByteCursor, { tag, length }: ElementHeader, { limits }: ReaderBudget): BuckyError {
  if (length !== 0xffffffff) return overLimit('valueBytes', limits.valueBytes);
  return new BuckyError('corrupt', `Cannot read ${tagInText(tag)} at byte ${cursor.position}: its length is undefined`);
}

/**
 * Skips the header that some put in front of deflated data, as RFC 1950 has it and PS3.5 A.5 does not. A raw stream never
 * begins so: it would be a stored block with padding bits that are not zero.
 */
function* skipZlibHeader(cursor: ByteCursor): Parsing {
  while (!cursor.has(2) && !cursor.ended) yield;
  if (!cursor.has(2)) return;
  const [method, flags] = [cursor.bytes[cursor.at]!, cursor.bytes[cursor.at + 1]!];
  if ((method & 0x0f) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0) cursor.skip(2);
}
