import { TextDecoder } from 'node:util';

/** Turns bytes of one graphic character set into text: pairs or single bytes, each above 127. */
export type Repertoire = (bytes: Uint8Array) => string;

const decoders = new Map<string, TextDecoder>();

/** Gets Node's decoder of an encoding; one serves all. What it cannot read becomes U+FFFD. */
export function textDecoder(label: string): TextDecoder {
  const found = decoders.get(label) ?? new TextDecoder(label);
  decoders.set(label, found);
  return found;
}

function encoded(label: string): Repertoire {
  return (bytes) => textDecoder(label).decode(bytes);
}

/** ISO 8859-1 itself: the web's label of that name means windows-1252. */
const latin1: Repertoire = (bytes) => Buffer.from(bytes).toString('latin1');

/** The right half of JIS X 0201: half-width katakana. */
const katakana: Repertoire = (bytes) => {
  const units = Uint16Array.from(bytes, (byte) => (byte > 0xa0 && byte < 0xe0 ? 0xff61 + byte - 0xa1 : 0xfffd));
  return textDecoder('utf-16le').decode(units);
};

/** JIS X 0208 in seven bits is EUC-JP without the upper bits. */
const basicKanji: Repertoire = (bytes) => textDecoder('euc-jp').decode(bytes.map((byte) => byte | 0x80));

/** JIS X 0212 in seven bits: as above, behind a single shift each. */
const supplementaryKanji: Repertoire = (bytes) => {
  const shifted = Array.from(bytes, (byte, index) => (index % 2 === 0 ? [0x8f, byte | 0x80] : [byte | 0x80]));
  return textDecoder('euc-jp').decode(Uint8Array.from(shifted.flat()));
};

const korean = encoded('euc-kr');
const simplifiedChinese = encoded('gb18030'); // GB 2312 is a part of it

/** What an ISO registration has above 127; ASCII and the kanji sets have nothing there. @see PS3.3 C.12.1.1.2, tables C.12-2 to -4 */
export const rightHalves: Readonly<Record<string, Repertoire | undefined>> = {
  13: katakana,
  58: simplifiedChinese,
  100: latin1,
  101: encoded('iso-8859-2'),
  109: encoded('iso-8859-3'),
  110: encoded('iso-8859-4'),
  126: encoded('iso-8859-7'),
  127: encoded('iso-8859-6'),
  138: encoded('iso-8859-8'),
  144: encoded('iso-8859-5'),
  148: encoded('iso-8859-9'),
  149: korean,
  166: encoded('windows-874'), // TIS 620 with more in its gaps
  203: encoded('iso-8859-15'),
};

/** ISO registrations that only escape sequences bring in, in pairs of bytes below 128. */
export const kanji: ReadonlySet<string> = new Set(['87', '159']);

/** What an escape sequence puts where. `pairs` of bytes stand in the left half only in kanji; `single` is ASCII or nearly. */
export type Designation =
  | { readonly half: 'left'; readonly pairs: Repertoire | undefined }
  | { readonly half: 'right'; readonly set: Repertoire };

function toRight(registration: number): Designation {
  return { half: 'right', set: rightHalves[registration]! };
}

/** The escape sequences of DICOM, by what follows ESC. @see PS3.3 C.12.1.1.2, tables C.12-3 and C.12-4 */
export const designations: Readonly<Record<string, Designation | undefined>> = {
  '(B': { half: 'left', pairs: undefined }, // ISO-IR 6
  '(J': { half: 'left', pairs: undefined }, // ISO-IR 14: ASCII but for the pictures of two characters
  $B: { half: 'left', pairs: basicKanji }, // ISO-IR 87
  '$@': { half: 'left', pairs: basicKanji }, // its first edition, in old files
  '$(D': { half: 'left', pairs: supplementaryKanji }, // ISO-IR 159
  ')I': toRight(13),
  '-A': toRight(100),
  '-B': toRight(101),
  '-C': toRight(109),
  '-D': toRight(110),
  '-F': toRight(126),
  '-G': toRight(127),
  '-H': toRight(138),
  '-L': toRight(144),
  '-M': toRight(148),
  '-T': toRight(166),
  '-b': toRight(203),
  '$)A': toRight(58),
  '$)C': toRight(149),
};
