import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { writeDicomJson } from '../dicom-json.js';
import type { Part10 } from '../part10.js';
import { readInPieces } from '../reader/read-in-pieces.js';
import { parseUid, type Uid } from '../uid.js';
import { transcodableTo, transcodePart10 } from './transcode-part10.js';

interface CorpusFile {
  readonly path: string;
  readonly transferSyntaxUid?: string | null;
  readonly bitsAllocated?: number;
  readonly planarConfiguration?: number | null;
  readonly pixels?: { readonly storedFrameSha256?: readonly string[]; readonly decodedFrameSha256?: readonly string[] };
}

const corpus = new URL(
  process.env['BUCKY_CORPUS'] === undefined
    ? '../../../../../shared/corpus/'
    : `file://${process.env['BUCKY_CORPUS'].replace(/\/?$/, '/')}`,
  import.meta.url,
);
const isThere = existsSync(new URL('index.json', corpus));
if (!isThere) process.stderr.write('The corpus is not there: its tests of transcoding are skipped\n');
const files = isThere
  ? (JSON.parse(readFileSync(new URL('index.json', corpus), 'utf8')) as { files: CorpusFile[] }).files
  : [];
const explicitUid = parseUid('1.2.840.10008.1.2.1');
const bigUid = '1.2.840.10008.1.2.2';

function read(path: string): Part10 | undefined {
  try {
    return readInPieces(readFileSync(new URL(path, corpus)));
  } catch {
    return undefined; // refused, as the tests of the reader say
  }
}

async function transcoded(path: string, { identity }: Part10, target: Uid): Promise<Buffer> {
  const bytes = readFileSync(new URL(path, corpus));
  // eslint-disable-next-line @typescript-eslint/require-await -- the shape that bodies have
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 50_021) yield Uint8Array.from(bytes.subarray(at, at + 50_021));
  }
  const chunks: Uint8Array[] = [];
  const about = { ...identity, stored: identity.transferSyntaxUid, target };
  for await (const chunk of transcodePart10(source(), about)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const json = ({ dataSet }: Part10): unknown => JSON.parse(writeDicomJson(dataSet, { bulkDataUri: (path) => path }));

const paths = files
  .map(({ path }) => ({ path, part10: read(path) }))
  .flatMap(({ path, part10 }) => (part10 === undefined ? [] : [{ path, part10 }]))
  .filter(({ part10 }) => transcodableTo(part10.identity.transferSyntaxUid).includes(explicitUid))
  .map(({ path }) => path);

(isThere ? describe : describe.skip)('transcodePart10', () => {
  it.each(isThere ? paths : ['no corpus'])('gives the Attributes of %s in Explicit VR Little Endian', async (path) => {
    const original = read(path)!;
    const made = readInPieces(await transcoded(path, original, explicitUid));
    expect(json(made)).toEqual(json(original));
  });

  // Decoded pixels are as they lie in the file where nothing is packed and the colours of a pixel are together.
  const big = files.filter(({ path, transferSyntaxUid, bitsAllocated, planarConfiguration, pixels }) => {
    const asTheyLie = pixels?.decodedFrameSha256 !== undefined && bitsAllocated !== 1 && planarConfiguration !== 1;
    return asTheyLie && transferSyntaxUid === bigUid && read(path) !== undefined;
  });

  it.each(big.length > 0 ? big : [{ path: 'no corpus' }])(
    'gives the pixels of $path as others decode them',
    async ({ path, pixels }) => {
      const original = read(path)!;
      const bytes = await transcoded(path, original, explicitUid);
      const { frameTable } = readInPieces(bytes);
      const hashes = pixels!.decodedFrameSha256!.map((_, index) => {
        const { start, end } = frameTable!.frame(index + 1);
        return createHash('sha256').update(bytes.subarray(start, end)).digest('hex');
      });
      expect(hashes).toEqual(pixels!.decodedFrameSha256);
    },
  );
});
