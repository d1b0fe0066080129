import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import dicomParser from 'dicom-parser';
import { BuckyError } from './bucky-error.js';
import { crc32 } from './crc32.js';
import type { DataSet } from './data-set.js';
import { decodeFrameTable } from './frame-table.js';
import type { Part10 } from './part10.js';
import { plainly, randomFrom, readInPieces } from './reader/read-in-pieces.js';
import { tagText } from './tag.js';

interface CorpusFile {
  readonly path: string;
  readonly transferSyntaxUid?: string | null;
  readonly sopClassUid?: string | null;
  readonly sopInstanceUid?: string | null;
  readonly studyInstanceUid?: string | null;
  readonly seriesInstanceUid?: string | null;
  readonly bitsAllocated?: number;
  readonly pixels?: {
    readonly storedFrameSha256?: readonly string[];
    readonly encodedFrameSha256?: readonly string[];
    readonly encodedStreamSha256?: string | readonly string[];
  };
}

const corpus = new URL(
  process.env['BUCKY_CORPUS'] === undefined
    ? '../../../../shared/corpus/'
    : `file://${process.env['BUCKY_CORPUS'].replace(/\/?$/, '/')}`,
  import.meta.url,
);
const isThere = existsSync(new URL('index.json', corpus));
if (!isThere) process.stderr.write('The corpus is not there: its tests of the reader are skipped\n');
const files = isThere
  ? (JSON.parse(readFileSync(new URL('index.json', corpus), 'utf8')) as { files: CorpusFile[] }).files
  : [];
const bytesOf = (path: string): Buffer => readFileSync(new URL(path, corpus));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const seed = Date.now() % 1_000_000;
const random = randomFrom(seed);
if (isThere) process.stderr.write(`Seed of the reader's corpus tests: ${seed}\n`);

/** Files that cannot be stored although the index knows their UIDs, and why. */
const refusedFiles: Readonly<Record<string, string>> = {
  'malformed/cut-in-last-element-b.dcm': 'limit', // its last element declares 2 GiB of text
  'malformed/implicit-sequence-in-un.dcm': 'unidentified', // its UIDs are hexadecimal hashes
  'malformed/truncated-in-sequence.dcm': 'corrupt',
  'malformed/truncated-pixel-data.dcm': 'corrupt',
};

const identified = files.filter(
  ({ path, sopInstanceUid, studyInstanceUid, seriesInstanceUid }) =>
    Boolean(sopInstanceUid && studyInstanceUid && seriesInstanceUid) && refusedFiles[path] === undefined,
);

/** A file as its offsets count it: deflated ones inflated. */
function counted(bytes: Buffer, { deflated, dataSetOffset }: Part10): Buffer {
  if (!deflated) return bytes;
  return Buffer.concat([bytes.subarray(0, dataSetOffset), inflateRawSync(bytes.subarray(dataSetOffset))]);
}

/** 8-bit pixels in OW, big endian: the index has them with the bytes of each word turned round. */
function asIndexed(frame: Buffer, { transferSyntaxUid, bitsAllocated }: CorpusFile): Buffer {
  const turned = transferSyntaxUid === '1.2.840.10008.1.2.2' && bitsAllocated === 8 && frame.length % 2 === 0;
  return turned ? Buffer.from(frame).swap16() : frame;
}

function framesOf(bytes: Buffer, part10: Part10): readonly Buffer[] {
  const table = decodeFrameTable(part10.frameTable!.encode());
  const source = counted(bytes, part10);
  return Array.from({ length: table.numberOfFrames }, (_, index) => {
    const { fragments, crc32: sum } = table.frame(index + 1);
    const frame = Buffer.concat(fragments.map(({ offset, length }) => source.subarray(offset, offset + length)));
    expect(crc32(frame)).toBe(sum);
    return frame;
  });
}

const whenThere = isThere ? describe : describe.skip;

whenThere('the corpus', () => {
  it('is read to the UIDs that the index has', () => {
    for (const file of identified) {
      const { identity } = readInPieces(bytesOf(file.path));
      expect({ path: file.path, ...identity }).toEqual({
        path: file.path,
        studyUid: file.studyInstanceUid,
        seriesUid: file.seriesInstanceUid,
        instanceUid: file.sopInstanceUid,
        sopClassUid: file.sopClassUid,
        transferSyntaxUid: file.transferSyntaxUid ?? identity.transferSyntaxUid,
      });
    }
    expect(identified.length).toBeGreaterThan(380);
  });

  it('has the frames that the index has', () => {
    let frames = 0;
    for (const file of identified) {
      const { storedFrameSha256, encodedFrameSha256, encodedStreamSha256 } = file.pixels ?? {};
      const expected = storedFrameSha256 ?? encodedFrameSha256 ?? [encodedStreamSha256 ?? []].flat();
      if (expected.length === 0) continue;
      const bytes = bytesOf(file.path);
      const found = framesOf(bytes, readInPieces(bytes)).map((frame) => [
        sha256(frame),
        sha256(asIndexed(frame, file)),
      ]);
      expect([file.path, found.length]).toEqual([file.path, expected.length]);
      expected.forEach((hash, index) => {
        expect([file.path, found[index]]).toEqual([file.path, expect.arrayContaining([hash])]);
      });
      frames += found.length;
    }
    expect(frames).toBeGreaterThan(900);
  });

  it('has bulk values with the CRC-32 noted', () => {
    for (const { path } of identified) {
      const bytes = bytesOf(path);
      const part10 = readInPieces(bytes);
      const source = counted(bytes, part10);
      for (const { offset, length, crc32: sum, path: at } of part10.bulkEntries) {
        expect([path, at, crc32(source.subarray(offset, offset + length))]).toEqual([path, at, sum]);
      }
    }
  });

  it('is read the same however it is cut', () => {
    for (const { path } of identified) {
      const bytes = bytesOf(path);
      const whole = JSON.stringify(plainly(readInPieces(bytes)));
      const cuts = [...(bytes.length < 20_000 ? [1, 7] : []), () => Math.floor(random() * 30_000)];
      for (const cut of cuts) {
        // Texts of megabytes: compared here, shown by path and seed only.
        const isSame = JSON.stringify(plainly(readInPieces(bytes, { cut }))) === whole;
        expect({ path, seed, isSame }).toEqual({ path, seed, isSame: true });
      }
    }
  }, 60_000);

  it('is refused by name where it says not who it is, or is cut', () => {
    const codes = new Map<string, string>();
    for (const { path } of files.filter((file) => !identified.includes(file))) {
      try {
        readInPieces(bytesOf(path));
        codes.set(path, 'taken');
      } catch (error) {
        codes.set(path, error instanceof BuckyError ? error.code : String(error));
      }
    }
    for (const [path, code] of Object.entries(refusedFiles)) expect([path, codes.get(path)]).toEqual([path, code]);
    const others = [...codes].filter(([path, code]) => refusedFiles[path] === undefined && code !== 'unidentified');
    expect(others.sort()).toEqual([
      ['dicomdir/variants/DICOMDIR-nooffset', 'corrupt'], // an item longer than the sequence that holds it
      ['malformed/ge-private-be.dcm', 'taken'], // pydicom cannot read it, so that the index has no UIDs
      ['malformed/no-meta.dcm', 'not-dicom'], // begins with a blank
    ]);
  });

  it.each([
    'charsets/ot-chinese-utf8.dcm',
    'malformed/missing-sequence-delimiter.dcm',
    'derived/mr-deflated-enhanced-mr-10-frames.dcm',
    'derived/sr-ele-undefined-lengths.dcm',
    'derived/sr-ebe-explicit-lengths.dcm',
    'derived/sr-ile-group-lengths.dcm',
  ])('gives a file or a BuckyError wherever it is cut short: %s', (path) => {
    const bytes = bytesOf(path);
    const step = Math.max(1, Math.floor(bytes.length / (path.includes('deflated') ? 150 : 1000)));
    for (let length = Math.floor(random() * step); length < bytes.length; length += step) {
      expectFileOrRefusal(bytes.subarray(0, length), `${path} cut at ${length}`);
    }
  });

  it('gives a file or a BuckyError whatever bytes are changed', () => {
    const small = files.filter(({ path }) => bytesOf(path).length < 60_000);
    for (let round = 0; round < 1500; round += 1) {
      const { path } = small[Math.floor(random() * small.length)]!;
      const bytes = Buffer.from(bytesOf(path));
      const changes = 1 + Math.floor(random() * 8);
      // Headers are where it hurts: most changes are early in the file.
      for (let change = 0; change < changes; change += 1) {
        bytes[Math.floor(random() ** 3 * bytes.length)] = Math.floor(random() * 256);
      }
      expectFileOrRefusal(bytes, `${path} round ${round} seed ${seed}`);
    }
  }, 60_000);
});

function expectFileOrRefusal(bytes: Uint8Array, what: string): void {
  try {
    const { frameTable, size } = readInPieces(bytes, { cut: 8192 });
    expect([what, size]).toEqual([what, bytes.length]);
    if (frameTable === undefined) return;
    for (const frame of [1, frameTable.numberOfFrames]) {
      if (frameTable.numberOfFrames > 0) expect(frameTable.frame(frame).end).toBeLessThanOrEqual(1e9);
    }
  } catch (error) {
    if (!(error instanceof BuckyError)) throw new Error(`Not a BuckyError: ${what}`, { cause: error });
  }
}

whenThere('a second opinion, of dicom-parser', () => {
  /** Elements of dicom-parser by path, each as its offset and length, or that it has items. */
  function theirs(dataSet: dicomParser.DataSet, path = ''): Map<string, string> {
    const found = new Map<string, string>();
    for (const { tag: at, dataOffset, length, items, fragments } of Object.values(dataSet.elements)) {
      const key = path + at.slice(1).toUpperCase();
      // It keeps delimiters of items as elements, and padding.
      if (/^x(?:0002|fff[ce])/.test(at)) continue;
      if (items === undefined) found.set(key, fragments === undefined ? `${dataOffset}+${length}` : 'fragments');
      if (items?.length === 0) found.set(key, '+0');
      items?.forEach((item, index) => {
        if (item.dataSet === undefined) return;
        for (const [inner, value] of theirs(item.dataSet, `${key}/${index}/`)) found.set(inner, value);
      });
    }
    return found;
  }

  /** The same of ours: offsets only of bulk values, which is where we have them. */
  function ours(dataSet: DataSet, path = ''): Map<string, string> {
    const found = new Map<string, string>();
    for (const { tag: at, bytes, items, bulk } of dataSet) {
      const key = path + tagText(at);
      if (bytes !== undefined) found.set(key, `${bytes.length}`);
      if (bulk !== undefined) found.set(key, `${bulk.offset}+${bulk.length}`);
      if (items?.length === 0) found.set(key, '0');
      items?.forEach((item, index) => {
        for (const [inner, value] of ours(item, `${key}/${index}/`)) found.set(inner, value);
      });
    }
    return found;
  }

  it('has the same elements, lengths and offsets', () => {
    let compared = 0;
    const differing: string[] = [];
    for (const { path } of identified) {
      const bytes = bytesOf(path);
      const part10 = readInPieces(bytes);
      // It does not know VRs of 64-bit numbers, wants meta, and needs a library to inflate.
      if (part10.deflated || part10.oddities.length > 0) continue;
      let second: Map<string, string>;
      try {
        second = theirs(dicomParser.parseDicom(bytes));
      } catch {
        continue;
      }
      compared += 1;
      const first = ours(part10.dataSet);
      const same =
        [...second.keys()].sort().join() === [...first.keys()].sort().join() &&
        [...second].every(([key, value]) => {
          const mine = first.get(key)!;
          return value === 'fragments' || (mine.includes('+') ? mine === value : value.endsWith(`+${mine}`));
        });
      if (!same) differing.push(path);
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(300);
  });
});
