import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { writeDicomJson } from '../dicom-json.js';
import type { Part10 } from '../part10.js';
import { builtFiles } from '../reader/built-files.js';
import type { Coding } from '../reader/element-header.js';
import {
  dataSet,
  delimited,
  element,
  elementHeader,
  explicitBig,
  explicitLittle,
  fileHead,
  implicitLittle,
  item,
} from '../reader/part10-builder.js';
import { readInPieces } from '../reader/read-in-pieces.js';
import { tag } from '../tag.js';
import { parseUid, type Uid } from '../uid.js';
import { wordLength } from '../vr.js';
import { transcodableTo, transcodePart10 } from './transcode-part10.js';

const implicitUid = parseUid('1.2.840.10008.1.2');
const explicitUid = parseUid('1.2.840.10008.1.2.1');
const bigUid = parseUid('1.2.840.10008.1.2.2');

// eslint-disable-next-line @typescript-eslint/require-await -- the shape that bodies have
async function* inPieces(bytes: Uint8Array, cut: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += cut) yield Uint8Array.from(bytes.subarray(at, at + cut));
}

async function transcode(bytes: Uint8Array, target: Uid, cut = bytes.length): Promise<Buffer> {
  const { identity } = readInPieces(bytes);
  const chunks: Uint8Array[] = [];
  const about = { ...identity, stored: identity.transferSyntaxUid, target };
  for await (const chunk of transcodePart10(inPieces(bytes, cut), about)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** DICOM JSON; for implicit VR, which does not write OB, with OW in its place. @see PS3.5 A.1 */
function json({ dataSet: root }: Part10, target: Uid): unknown {
  const text = writeDicomJson(root, { bulkDataUri: (path) => path });
  return JSON.parse(target === implicitUid ? text.replaceAll('"vr":"OB"', '"vr":"OW"') : text);
}

/** A file of one element, or more, behind those that name it. */
function file(uid: Uid, coding: Coding, ...others: Uint8Array[]): Buffer {
  return Buffer.concat([fileHead(uid), dataSet(coding, ...others)]);
}

const native = Object.entries(builtFiles).flatMap(([name, bytes]) =>
  transcodableTo(readInPieces(bytes).identity.transferSyntaxUid).map((target) => ({ name, bytes, target })),
);

describe('transcodableTo', () => {
  it.each([
    [implicitUid, [explicitUid]],
    [explicitUid, [implicitUid]],
    [bigUid, [explicitUid, implicitUid]],
    [parseUid('1.2.840.10008.1.2.1.99'), [explicitUid, implicitUid]],
    [parseUid('1.2.840.10008.1.2.4.50'), []],
    [parseUid('1.2.840.10008.1.2.4.94'), []],
    [parseUid('1.2.3.4'), []],
  ])('of %s makes %p', (stored, targets) => {
    expect(transcodableTo(stored)).toEqual(targets);
  });
});

describe('transcodePart10', () => {
  it.each(native)('gives the Attributes of $name in $target, however its bytes are cut', async ({ bytes, target }) => {
    const original = readInPieces(bytes);
    const whole = await transcode(bytes, target);
    const made = readInPieces(whole);
    expect(json(made, target)).toEqual(json(original, target));
    expect(made.identity).toEqual({ ...original.identity, transferSyntaxUid: target });
    expect(made.oddities).toEqual(made.oddities.filter((oddity) => original.oddities.includes(oddity)));
    for (const cut of [1, 7, 100]) expect((await transcode(bytes, target, cut)).equals(whole)).toBe(true);
  });

  it.each(['OB', 'UN', ...Object.keys(wordLength)])('turns the words of %s round from big endian', async (vr) => {
    const word = wordLength[vr as keyof typeof wordLength] ?? 1;
    const bytes = Buffer.from(Array.from({ length: 19 }, (_, index) => index + 1)); // odd, and no number of words
    const big = file(bigUid, explicitBig, element(explicitBig, 0x00291001, { vr, value: bytes }));
    const expected = Buffer.from(bytes);
    for (let at = 0; at + word <= bytes.length; at += word) expected.subarray(at, at + word).reverse();
    for (const cut of [1, 3, 1000]) {
      const made = readInPieces(await transcode(big, explicitUid, cut));
      expect(made.dataSet.get(tag(0x00291001))).toMatchObject({ vr, bytes: Uint8Array.from(expected) });
    }
  });

  it('writes as UN what is too long for a 16-bit length (PS3.5 6.2.2)', async () => {
    const value = Buffer.alloc(0x10000, 'a');
    const long = file(implicitUid, implicitLittle, element(implicitLittle, 0x00204000, { vr: 'LT', value }));
    const made = readInPieces(await transcode(long, explicitUid));
    expect([...made.dataSet].at(-1)).toMatchObject({ tag: 0x00204000, vr: 'UN', bulk: { length: 0x10000 } });
  });

  it.each([
    [0, 'US'],
    [1, 'SS'],
  ])('writes US or SS by Pixel Representation %p as %s, in items too (PS3.5 A.1)', async (representation, vr) => {
    const padding = element(implicitLittle, 0x00280120, { vr: 'US', value: [7] });
    const bytes = file(
      implicitUid,
      implicitLittle,
      element(implicitLittle, 0x00280103, { vr: 'US', value: [representation] }),
      padding,
      element(implicitLittle, 0x00283010, { vr: 'SQ', value: item(implicitLittle, padding) }),
    );
    const { dataSet: made } = readInPieces(await transcode(bytes, explicitUid));
    expect(made.get(tag(0x00280120))?.vr).toBe(vr);
    expect(made.get(tag(0x00283010))?.items?.[0]?.get(tag(0x00280120))?.vr).toBe(vr);
  });

  it('leaves a UN as it is: of defined length as bytes, of undefined length as implicit items (CP-246)', async () => {
    const inner = element(implicitLittle, 0x00281052, { vr: 'DS', value: '1.5 ' });
    const un = (coding: Coding): Buffer =>
      Buffer.concat([
        element(coding, 0x00290010, { vr: 'LO', value: 'BUCKY TEST' }),
        element(coding, 0x00291001, { vr: 'UN', value: Buffer.from([1, 2, 3, 4, 5]) }),
        elementHeader(coding, 0x00291002, { vr: 'UN', length: 0xffffffff }),
        item(implicitLittle, inner),
        elementHeader(implicitLittle, 0xfffee0dd, { vr: '', length: 0 }),
      ]);
    const made = await transcode(file(bigUid, explicitBig, un(explicitBig)), explicitUid);
    const header = elementHeader(explicitLittle, 0x00291002, { vr: 'UN', length: 0xffffffff });
    expect(made.includes(header)).toBe(true);
    expect(made.includes(inner)).toBe(true);
    const { dataSet: root } = readInPieces(made);
    expect(root.get(tag(0x00291001))?.bytes).toEqual(Uint8Array.of(1, 2, 3, 4, 5));
  });

  it('leaves out retired group lengths, which would be wrong (PS3.5 7.2)', async () => {
    const made = readInPieces(await transcode(builtFiles['group lengths']!, explicitUid));
    expect([...made.dataSet].filter(({ tag: at }) => (at & 0xffff) === 0)).toEqual([]);
  });

  it('writes a private sequence that implicit VR does not name as SQ', async () => {
    const bytes = file(
      implicitUid,
      implicitLittle,
      delimited(implicitLittle, 0x00291002, { vr: 'SQ', items: [item(implicitLittle, Buffer.alloc(0))] }),
    );
    const made = await transcode(bytes, explicitUid);
    expect(made.includes(elementHeader(explicitLittle, 0x00291002, { vr: 'SQ', length: 0xffffffff }))).toBe(true);
  });

  it.each([
    [
      'big endian',
      (pixels: Buffer) => file(bigUid, explicitBig, element(explicitBig, 0x7fe00010, { vr: 'OW', value: pixels })),
    ],
    [
      'deflated',
      (pixels: Buffer) =>
        Buffer.concat([
          fileHead('1.2.840.10008.1.2.1.99'),
          deflateRawSync(dataSet(explicitLittle, element(explicitLittle, 0x7fe00010, { vr: 'OW', value: pixels }))),
        ]),
    ],
  ])('holds no more than a few MiB of a large value, %s', async (_name, make) => {
    const bytes = make(Buffer.alloc(48 * 2 ** 20));
    const { identity } = readInPieces(bytes);
    const about = { ...identity, stored: identity.transferSyntaxUid, target: explicitUid };
    let total = 0;
    let between = 0;
    let most = 0;
    async function* source(): AsyncGenerator<Uint8Array> {
      for await (const piece of inPieces(bytes, 2 ** 16)) {
        between = 0;
        yield piece;
      }
    }
    let largest = 0;
    for await (const { length } of transcodePart10(source(), about)) {
      total += length;
      between += length;
      largest = Math.max(largest, length);
      most = Math.max(most, between);
    }
    expect(total).toBeGreaterThan(48 * 2 ** 20);
    expect(largest).toBeLessThan(8 * 2 ** 20);
    if (identity.transferSyntaxUid === bigUid) expect(most).toBeLessThan(2 ** 18);
  });

  it('is a bug to ask of what would have to be decoded', async () => {
    const about = { sopClassUid: explicitUid, instanceUid: explicitUid, stored: parseUid('1.2.840.10008.1.2.4.50') };
    const made = transcodePart10(inPieces(Buffer.alloc(9), 9), { ...about, target: explicitUid });
    await expect(made[Symbol.asyncIterator]().next()).rejects.toThrow(TypeError);
  });
});
