import { randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { BuckyError, type Bytes } from '@bucky/dicom';
import { isBoundary, readMultipart } from './multipart-reader.js';
import { writeMultipart } from './multipart-writer.js';

interface Read {
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

// An async generator of given chunks: the shape that bodies have.
// eslint-disable-next-line @typescript-eslint/require-await
async function* pieces(bytes: Buffer, cuts: readonly number[]): Bytes {
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    yield bytes.subarray(start, cut);
    start = cut;
  }
}

async function read(text: string | Buffer, { boundary = 'b', cuts = [] as readonly number[] } = {}): Promise<Read[]> {
  const bytes = Buffer.isBuffer(text) ? text : Buffer.from(text, 'latin1');
  const parts: Read[] = [];
  for await (const part of readMultipart(pieces(bytes, cuts), boundary)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of part.body) chunks.push(chunk);
    parts.push({ headers: Object.fromEntries(part.headers), text: Buffer.concat(chunks).toString('latin1') });
  }
  return parts;
}

const type = { 'content-type': 'application/dicom' };

describe('readMultipart', () => {
  const bodies: readonly (readonly [string, string, readonly Read[]])[] = [
    ['two parts', '--b\r\nContent-Type: application/dicom\r\n\r\none\r\n--b\r\nX: y\r\n\r\ntwo\r\n--b--\r\n', [{ headers: type, text: 'one' }, { headers: { x: 'y' }, text: 'two' }]], // prettier-ignore
    [
      'preamble and epilogue',
      'hello --b\r\n--b\r\n\r\none\r\n--b--\r\n--b\r\nepilogue',
      [{ headers: {}, text: 'one' }],
    ],
    ['no last line end', '--b\r\n\r\none\r\n--b--', [{ headers: {}, text: 'one' }]],
    ['padding behind the boundary', '--b \t\r\n\r\none\r\n--b  \r\n\r\ntwo\r\n--b--', [{ headers: {}, text: 'one' }, { headers: {}, text: 'two' }]], // prettier-ignore
    ['lines that end in LF alone', '--b\nX: y\n\none\n--b--\n', [{ headers: { x: 'y' }, text: 'one' }]],
    ['an empty part', '--b\r\n\r\n\r\n--b--', [{ headers: {}, text: '' }]],
    ['an empty part whose line end is shared', '--b\r\nX: y\r\n\r\n--b--', [{ headers: { x: 'y' }, text: '' }]],
    ['what looks like a boundary', '--b\r\n\r\n\r\n--bc\r\n--b-\r\n --b\r\r\n--\r\n--b--', [{ headers: {}, text: '\r\n--bc\r\n--b-\r\n --b\r\r\n--' }]], // prettier-ignore
    [
      'a part that ends in line ends',
      '--b\r\n\r\none\r\n\r\n\n\r\r\n--b--',
      [{ headers: {}, text: 'one\r\n\r\n\n\r' }],
    ],
    ['folded and odd headers', '--b\r\nCONTENT-type : application/\r\n  dicom\r\nx:1\r\nX: 2\r\n\r\none\r\n--b--', [{ headers: { 'content-type': 'application/ dicom', x: '1' }, text: 'one' }]], // prettier-ignore
  ];

  it.each(bodies)('reads %s, however the bytes are cut', async (_name, text, expected) => {
    expect(await read(text)).toEqual(expected);
    for (let cut = 0; cut <= text.length; cut += 1) expect(await read(text, { cuts: [cut] })).toEqual(expected);
    const each = Array.from({ length: text.length - 1 }, (_, index) => index + 1);
    expect(await read(text, { cuts: each })).toEqual(expected);
  });

  it.each(bodies)('refuses %s wherever it ends before its close delimiter', async (_name, text) => {
    const close = text.indexOf('--b--') + 5;
    for (let length = 0; length < close; length += 1) {
      await expect(read(text.slice(0, length))).rejects.toMatchObject({ code: 'invalid' });
    }
  });

  it('skips what a consumer leaves of a part', async () => {
    const text = `--b\r\nX: 1\r\n\r\n${'one'.repeat(100)}\r\n--b\r\nX: 2\r\n\r\ntwo\r\n--b--`;
    for (let cut = 1; cut < text.length; cut += 7) {
      const seen: (string | undefined)[] = [];
      for await (const { headers, body } of readMultipart(pieces(Buffer.from(text), [cut]), 'b')) {
        seen.push(headers.get('x'));
        for await (const chunk of body) if (chunk.length > 0) break;
      }
      expect(seen).toEqual(['1', '2']);
    }
  });

  it('gives bytes full of what only begins like a delimiter in pieces as large as they came', async () => {
    const content = Buffer.from('\n--bX\n--b-\n--b x'.repeat(1000));
    const text = Buffer.concat([Buffer.from('--b\r\n\r\n'), content, Buffer.from('!\r\n--b--')]);
    const cuts = [7000, 14_000];
    const chunks: Uint8Array[] = [];
    for await (const { body } of readMultipart(pieces(text, cuts), 'b')) {
      for await (const chunk of body) chunks.push(chunk);
    }
    expect(Buffer.concat(chunks).toString()).toBe(`${content.toString()}!`);
    expect(chunks.length).toBeLessThan(10);
  });

  it.each([
    ['headers that are too long', `--b\r\nX: ${'y'.repeat(20_000)}\r\n\r\n\r\n--b--`],
    ['a header without a name', '--b\r\n: y\r\n\r\none\r\n--b--'],
    ['a header line that is none', '--b\r\nnothing\r\n\r\none\r\n--b--'],
    ['no delimiter at all', 'nothing'],
  ])('refuses %s', async (_name, text) => {
    await expect(read(text)).rejects.toThrow(BuckyError);
  });

  it('reads random bodies under random boundaries', async () => {
    const seed = randomInt(2 ** 31);
    let state = seed | 1;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    for (let round = 0; round < 200; round += 1) {
      const boundary = Array.from({ length: 1 + random(70) }, () => 'abc-'.charAt(random(4))).join('') || 'a';
      const letters = ['\r', '\n', '-', 'a', boundary.slice(0, -1), `\r\n--${boundary.slice(0, -1)}`, `--${boundary}`];
      const texts = Array.from({ length: 1 + random(4) }, () =>
        Array.from({ length: random(30) }, () => letters[random(letters.length)]).join(''),
      ).filter((text) => !`\n${text}`.includes(`\n--${boundary}`));
      if (texts.length === 0) continue;
      const whole: Uint8Array[] = [];
      const parts = texts.map((text) => ({ type: 'x/y', open: () => Promise.resolve(pieces(Buffer.from(text), [])) }));
      for await (const chunk of writeMultipart(parts, boundary)) whole.push(chunk);
      const bytes = Buffer.concat(whole);
      const cuts = Array.from({ length: random(10) }, () => random(bytes.length)).sort((one, other) => one - other);
      const found = await read(bytes, { boundary, cuts });
      expect({ seed, round, texts: found.map(({ text }) => text) }).toEqual({ seed, round, texts });
    }
  });
});

describe('isBoundary', () => {
  it.each([
    ['a', true],
    ["a'()+_,-./:=? b", true],
    ['x'.repeat(70), true],
    // As Orthanc's plugin writes it, three letters too many.
    [`${'x'.repeat(36)}-${'x'.repeat(36)}`, true],
    ['x'.repeat(201), false],
    ['', false],
    ['a ', false],
    ['a"b', false],
    ['ä', false],
  ])('says of %p: %p', (text, expected) => {
    expect(isBoundary(text)).toBe(expected);
  });
});
