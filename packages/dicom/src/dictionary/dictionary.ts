import { BuckyError } from '../bucky-error.js';
import { tag as asTag, type Tag } from '../tag.js';
import { isVr, type Vr } from '../vr.js';
import { attributeTable, repeatingTable } from './attribute-table.js';
import { uidTable } from './uid-table.js';

/** What PS3.6 says of one Attribute. */
export interface DictionaryEntry {
  /** As in the standard: also `US or SS`, `OB or OW`, `US or OW`, `US or SS or OW`, `NONE`. */
  readonly vr: string;
  readonly vm: string;
  /** Empty for an Attribute whose keyword was retired with it. */
  readonly keyword: string;
  readonly name: string;
}

/** The VR of what has several in PS3.6, where nothing else is known: what Implicit VR Little Endian means. @see PS3.5 A.1 */
const defaultVr: Readonly<Record<string, Vr>> = {
  'US or SS': 'US',
  'US or OW': 'OW',
  'US or SS or OW': 'OW',
  'OB or OW': 'OW',
};

function* rows(table: string): Generator<readonly [string, DictionaryEntry]> {
  for (const line of table.split('\n')) {
    const [key = '', vr = '', vm = '', keyword = '', name = ''] = line.split('\t');
    yield [key, { vr, vm, keyword, name }];
  }
}

const byTag = new Map<number, DictionaryEntry>();
const byKeyword = new Map<string, Tag>();
for (const [digits, entry] of rows(attributeTable)) {
  const tag = asTag(Number.parseInt(digits, 16));
  byTag.set(tag, entry);
  if (entry.keyword !== '') byKeyword.set(entry.keyword, tag);
}

/** Repeating groups: those bits of a Tag that count, and what they must be. */
const repeating = [...rows(repeatingTable)].map(([digits, entry]) => ({
  mask: Number.parseInt(digits.replace(/[^x]/g, 'F').replaceAll('x', '0'), 16),
  tag: Number.parseInt(digits.replaceAll('x', '0'), 16),
  entry,
}));
for (const { tag, entry } of repeating) byKeyword.set(entry.keyword, asTag(tag));

const uidNames = new Map<string, string>();
for (const line of uidTable.split('\n')) {
  const [uid = '', , name = ''] = line.split('\t');
  uidNames.set(uid, name);
}

/** Looks an Attribute of the standard up, those of repeating groups (50xx, 60xx …) included. @see PS3.6 6 */
export function dictionaryEntry(tag: Tag): DictionaryEntry | undefined {
  const entry = byTag.get(tag);
  if (entry !== undefined) return entry;
  if (tag & 0x10000) return undefined; // an odd group is never one of the standard
  return repeating.find((range) => (tag & range.mask) >>> 0 === range.tag)?.entry;
}

/**
 * Tells the VR that an Attribute has where the Transfer Syntax does not write it. `US or SS` is taken as US: who has the
 * Data Set asks Pixel Representation. Group lengths are UL, private creators LO; other private Attributes are unknown.
 * @see PS3.5 7.2, 7.8.1, A.1
 */
export function dictionaryVr(tag: Tag): Vr | undefined {
  const element = tag & 0xffff;
  if (element === 0) return 'UL';
  if (tag & 0x10000) return element >= 0x10 && element <= 0xff ? 'LO' : undefined;
  const vr = dictionaryEntry(tag)?.vr;
  if (vr === undefined) return undefined;
  return isVr(vr) ? vr : defaultVr[vr];
}

/** Finds a Tag by its keyword; that of a repeating group is in its first one. @see PS3.6 6 */
export function tagOf(keyword: string): Tag | undefined {
  return byKeyword.get(keyword);
}

/** Finds the keyword of an Attribute of the standard. @see PS3.6 6 */
export function keywordOf(tag: Tag): string | undefined {
  const keyword = dictionaryEntry(tag)?.keyword;
  return keyword === '' ? undefined : keyword;
}

/** Reads eight hexadecimal digits or a keyword as a Tag, as in a query parameter. Throws `invalid`. @see PS3.18 8.3.4.1 */
export function parseTag(text: string): Tag {
  if (/^[\da-f]{8}$/i.test(text)) return asTag(Number.parseInt(text, 16));
  const tag = tagOf(text);
  if (tag !== undefined) return tag;
  const shown = /^\w{1,64}$/.test(text) ? ` ${text}` : '';
  throw new BuckyError('invalid', `Unknown Attribute${shown}: neither a keyword nor eight hexadecimal digits`);
}

/** Finds the name of a UID of the standard: SOP Classes, Transfer Syntaxes and others. @see PS3.6 A */
export function uidName(uid: string): string | undefined {
  return uidNames.get(uid);
}
