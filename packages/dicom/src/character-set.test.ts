import { describe, expect, it } from '@jest/globals';
import { characterSet, characterSetOf, isCharacterSet } from './character-set.js';
import { DataSet, type Attribute } from './data-set.js';
import { tag } from './tag.js';

/** Bytes from text where `\xHH` stands for a byte and ␛ for ESC. */
function bytes(text: string): Uint8Array {
  return Buffer.from(
    text
      .replace(/\\x([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/␛/g, '\x1b'),
    'latin1',
  );
}

function name(terms: string, text: string): string {
  return characterSet(terms)(bytes(text), '\\^=');
}

function dataSet(terms: string | undefined, parent?: DataSet): DataSet {
  const attribute: Attribute = { tag: tag(0x00080005), vr: 'CS', bytes: Buffer.from(terms ?? '', 'latin1') };
  return new DataSet(new Map(terms === undefined ? [] : [[attribute.tag, attribute]]), 'little', parent);
}

describe('the character sets', () => {
  it.each([
    ['ISO_IR 100', 'Buc^J\\xe9r\\xf4me', 'Buc^Jérôme'],
    ['ISO_IR 101', 'Wa\\xb3\\xeasa', 'Wałęsa'],
    ['ISO_IR 109', '\\xa1', 'Ħ'],
    ['ISO_IR 110', '\\xe0', 'ā'],
    ['ISO_IR 144', '\\xbb\\xee\\xda', 'Люк'],
    ['ISO_IR 127', '\\xe2\\xc8\\xc7\\xe6\\xea', 'قباني'],
    ['ISO_IR 126', '\\xc4\\xe9', 'Δι'],
    ['ISO_IR 138', '\\xf9\\xf8\\xe5\\xef', 'שרון'],
    ['ISO_IR 148', '\\xd0\\xfe', 'Ğş'],
    ['ISO_IR 203', '\\xa4', '€'],
    ['ISO_IR 166', '\\xa1\\xd2', 'กา'],
    ['ISO_IR 13', '\\xd4\\xcf\\xc0\\xde^\\xc0\\xdb\\xb3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    ['ISO_IR 192', 'Wang^XiaoDong=\\xe7\\x8e\\x8b', 'Wang^XiaoDong=王'],
    ['GB18030', 'Wang=\\xcd\\xf5^\\xd0\\xa1\\xb6\\xab', 'Wang=王^小东'],
    ['GBK', '\\xcd\\xf5', '王'],
  ])('reads %s', (terms, text, expected) => {
    expect(name(terms, text)).toBe(expected);
  });

  it.each([
    [
      '\\ISO 2022 IR 87',
      'Yamada^Tarou=␛$B;3ED␛(B^␛$BB@O:␛(B=␛$B$d$^$@␛(B^␛$B$?$m$&␛(B',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      '\\xd4\\xcf\\xc0\\xde^\\xc0\\xdb\\xb3=␛$B;3ED␛(J^␛$BB@O:␛(J=␛$B$d$^$@␛(J^␛$B$?$m$&␛(J',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      '\\ISO 2022 IR 149',
      'Hong^Gildong=␛$)C\\xfb\\xf3^␛$)C\\xd1\\xce\\xd4\\xd7=␛$)C\\xc8\\xab^␛$)C\\xb1\\xe6\\xb5\\xbf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    ['\\ISO 2022 IR 58', 'Zhang^XiaoDong=␛$)A\\xd5\\xc5^␛$)A\\xd0\\xa1\\xb6\\xab', 'Zhang^XiaoDong=张^小东'],
    ['\\ISO 2022 IR 87\\ISO 2022 IR 159', 'A=␛$(D0!␛(B^␛$B;3␛(B', 'A=丂^山'],
    ['ISO 2022 IR 100\\ISO 2022 IR 144', 'J\\xe9r^␛-L\\xbb\\xee^J\\xe9', 'Jér^Лю^Jé'],
    ['ISO 2022 IR 6\\ISO 2022 IR 126', '␛-F\\xc4', 'Δ'],
  ])('switches by the escape sequences of %s', (terms, text, expected) => {
    expect(name(terms, text)).toBe(expected);
  });

  it('takes no byte inside a pair for a delimiter', () => {
    // The second bytes of these three look like \ ^ and =
    expect(name('\\ISO 2022 IR 87', '␛$B;\\x5c%^%=␛(B^B')).toBe('施マソ^B');
    expect(name('GB18030', '\\xc0\\x5c^B')).toBe('繺^B');
  });

  it('returns to the first sets at line ends and delimiters, but keeps a right half that the start lacks', () => {
    const read = characterSet('ISO 2022 IR 100\\ISO 2022 IR 144');
    expect(read(bytes('␛-L\\xbb\r\n\\xe9'), '')).toBe('Л\r\né');
    expect(read(bytes('␛-L\\xbb^\\xbb\\x5c\\xe9'), '\\')).toBe('Л^Л\\é');
    expect(name('\\ISO 2022 IR 149', '␛$)C\\xb1\\xe8^\\xb1\\xe8')).toBe('김^김');
    expect(characterSet('\\ISO 2022 IR 87')(bytes('␛$B;3\n;3'), '')).toBe('山\n;3');
  });

  it('reads a right half that is never escaped to as the one that is declared', () => {
    expect(name('\\ISO 2022 IR 149', '\\xb1\\xe8^\\xb1\\xe8')).toBe('김^김');
  });

  it('follows escape sequences that were not declared', () => {
    expect(name('ISO_IR 100', '\\xe9␛$B;3␛(B')).toBe('é山');
    expect(name('', '␛$B;3ED␛(B')).toBe('山田');
  });

  it.each(['iso_ir 192', 'ISO-IR 192', 'ISO_IR192', 'ISO IR 192', ' ISO_IR 192 ', 'UTF-8', '\\ISO_IR 192'])(
    'takes %s for UTF-8',
    (terms) => {
      expect(name(terms, '\\xc3\\xa9\\xff')).toBe('é\ufffd');
    },
  );

  it.each(['', 'ISO_IR 6', 'ISO 2022 IR 6', 'NONSENSE', 'ISO_IR 999', '\\'])(
    'reads undeclared bytes (%p) as UTF-8 when valid, else as the default',
    (terms) => {
      expect(name(terms, 'M\\xc3\\xbcller')).toBe('Müller');
      expect(name(terms, 'M\\xfcller')).toBe('Müller');
      expect(characterSet(terms, { defaultCharacterSet: 'ISO_IR 144' })(bytes('\\xbb'), '')).toBe('Л');
      expect(characterSet(terms, { defaultCharacterSet: 'nonsense' })(bytes('\\xfc'), '')).toBe('ü');
    },
  );

  it.each([
    ['ISO_IR 192', 'a\\xc3', 'a\ufffd'],
    ['ISO_IR 192', '\\xc1\\x9c', '\ufffd\ufffd'],
    ['GB18030', 'a\\x81', 'a\ufffd'],
    ['\\ISO 2022 IR 87', '␛$B;', '\ufffd'],
    ['\\ISO 2022 IR 87', '\\xe9', '\ufffd'],
    ['\\ISO 2022 IR 149', '␛$)C\\xb1', '\ufffd'],
    ['ISO_IR 13', '\\xff', '\ufffd'],
    ['ISO_IR 109', '\\xa5', '\ufffd'],
    ['ISO_IR 100', 'a␛', 'a\ufffd'],
    ['ISO_IR 100', 'a␛(Zb', 'a\ufffdb'],
    ['ISO_IR 100', 'a␛$', 'a\ufffd'],
  ])('puts U+FFFD for what is no character in %s: %s', (terms, text, expected) => {
    expect(name(terms, text)).toBe(expected);
  });

  it.each([
    'ISO_IR 13',
    'ISO_IR 192',
    'GB18030',
    '\\ISO 2022 IR 87\\ISO 2022 IR 159\\ISO 2022 IR 149',
    '',
    'ISO_IR 166',
  ])('never throws, whatever the bytes are (%p)', (terms) => {
    const read = characterSet(terms);
    let seed = 12345;
    for (let round = 0; round < 300; round++) {
      const noise = Uint8Array.from({ length: round % 40 }, () => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return seed % 7 === 0 ? 0x1b : seed % 5 === 0 ? 0x24 + (seed % 6) : (seed >> 8) & 0xff;
      });
      expect(typeof read(noise, '\\^=')).toBe('string');
    }
    expect(read(new Uint8Array(300_000).fill(0xb1), '')).toMatch(/./);
    expect(read(new Uint8Array(300_000).fill(0x1b), '')).toMatch(/./);
  });

  it('knows whether a default is one', () => {
    expect(isCharacterSet('ISO_IR 100')).toBe(true);
    expect(isCharacterSet('\\ISO 2022 IR 87')).toBe(true);
    expect(isCharacterSet('GB18030')).toBe(true);
    expect(isCharacterSet('latin1')).toBe(false);
  });

  it('takes the character set of a Data Set, else that of the one around it', () => {
    const root = dataSet('ISO_IR 144 ');
    const read = (from: DataSet): string => characterSetOf(from)(bytes('\\xbb'), '');
    expect(read(root)).toBe('Л');
    expect(read(dataSet(undefined, root))).toBe('Л');
    expect(read(dataSet('', dataSet(undefined, root)))).toBe('Л');
    expect(read(dataSet('ISO_IR 100', root))).toBe('»');
    expect(read(dataSet(undefined))).toBe('»');
  });
});
