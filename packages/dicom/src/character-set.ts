import { isUtf8 } from 'node:buffer';
import type { DataSet } from './data-set.js';
import { decodeIso2022 } from './iso-2022.js';
import { kanji, rightHalves, textDecoder, type Repertoire } from './repertoire.js';
import { tag } from './tag.js';
import { trimEnd } from './trim-end.js';

/** Which bytes end a run of text, at which ISO 2022 returns to its first character sets. @see PS3.5 6.1.2.5.3 */
export type Delimiters = '' | '\\' | '\\^=';

/** Makes text of the bytes of a value; never throws: what is no character becomes U+FFFD. */
export type CharacterSet = (bytes: Uint8Array, delimiters: Delimiters) => string;

/** How text is read that says nothing of its character set. */
export interface TextOptions {
  /** Terms of Specific Character Set, for undeclared bytes that are not UTF-8; `ISO_IR 100` when left out. */
  readonly defaultCharacterSet?: string | undefined;
}

const specificCharacterSet = tag(0x00080005);

/** Bytes of Specific Character Set that are looked at: 63 terms of 16 characters, of which a file needs three at most. */
const mostTermBytes = 1071;
const escape = 0x1b;

/** Character sets that cannot be switched away from, by their letters and digits. @see PS3.3 C.12.1.1.2, table C.12-5 */
const wholeCharacterSets: Readonly<Record<string, string | undefined>> = {
  ISOIR192: 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gb18030', // a superset: what GBK cannot say, it says in four bytes
  // No Defined Terms, but met
  UTF8: 'utf-8',
  GB2312: 'gb18030',
};

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80 || byte === escape) return false;
  return true;
}

function ascii(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function wholeCharacterSet(label: string): CharacterSet {
  const decoder = textDecoder(label);
  return (bytes) => (isAscii(bytes) ? ascii(bytes) : decoder.decode(bytes));
}

function extensible(right: Repertoire | undefined): CharacterSet {
  return (bytes, delimiters) => (isAscii(bytes) ? ascii(bytes) : decodeIso2022(bytes, { right, delimiters }));
}

/**
 * Reads the terms of (0008,0005) in any case and with any spaces, `ISO_IR` and `ISO 2022 IR` alike. Undefined when none
 * says what a byte above 127 means.
 */
function declared(text: string): CharacterSet | undefined {
  const terms = text.split('\\').map((term) => term.toUpperCase().replace(/[^A-Z\d]/g, ''));
  const whole = terms.map((term) => wholeCharacterSets[term]).find((label) => label !== undefined);
  if (whole !== undefined) return wholeCharacterSet(whole);
  const registrations = terms.map((term) => /^ISO(?:2022)?IR(\d+)$/.exec(term)?.[1] ?? '');
  // Where value 1 has no right half, an escape sequence must come first: senders who forget it mean the one they name.
  const right = registrations.map((registration) => rightHalves[registration]).find((half) => half !== undefined);
  return right !== undefined || registrations.some((one) => kanji.has(one)) ? extensible(right) : undefined;
}

/** Reads text of which nothing is known: UTF-8 when it can be that, else the default. */
function undeclared(fallback: CharacterSet): CharacterSet {
  const utf8 = wholeCharacterSet('utf-8');
  return (bytes, delimiters) => {
    if (isAscii(bytes)) return ascii(bytes);
    return isUtf8(bytes) && !bytes.includes(escape) ? utf8(bytes, delimiters) : fallback(bytes, delimiters);
  };
}

const cached = new Map<string, CharacterSet>();
const mostCached = 200; // terms come from files, so there is no end to them

/** Gets the character set of terms as they stand in (0008,0005), of an unknown or empty one by what the bytes look like. */
export function characterSet(terms: string, options: TextOptions = {}): CharacterSet {
  const standard = options.defaultCharacterSet ?? 'ISO_IR 100';
  const key = `${terms}\0${standard}`;
  const found = cached.get(key);
  if (found !== undefined) return found;
  const made = declared(terms) ?? undeclared(declared(standard) ?? extensible(rightHalves['100']));
  if (cached.size >= mostCached) cached.clear();
  cached.set(key, made);
  return made;
}

/** Tells whether terms of Specific Character Set, joined by backslashes, say how bytes above 127 are read. */
export function isCharacterSet(terms: string): boolean {
  return declared(terms) !== undefined;
}

/**
 * Gets the character set of a Data Set: its own, else that of the one whose item it is.
 * @see PS3.3 C.12.1.1.2
 */
export function characterSetOf(dataSet: DataSet, options: TextOptions = {}): CharacterSet {
  for (let at: DataSet | undefined = dataSet; at !== undefined; at = at.parent) {
    const bytes = at.get(specificCharacterSet)?.bytes;
    const terms = bytes === undefined ? '' : trimEnd(ascii(bytes.subarray(0, mostTermBytes)), '\0 ');
    if (terms !== '') return characterSet(terms, options);
  }
  return characterSet('', options);
}
