import { createReadStream, existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { BuckyError } from '../bucky-error.js';
import type { Uid } from '../uid.js';
import { DicomdirWriter } from './dicomdir-writer.js';
import { readFileIds } from './read-dicomdir.js';

const corpus = process.env['BUCKY_CORPUS'] ?? new URL('../../../../../shared/corpus', import.meta.url).pathname;

function directory(): Uint8Array {
  const writer = new DicomdirWriter({ instanceUid: '2.25.1' as Uid });
  for (const number of [1, 2, 3]) {
    writer.add({
      studyUid: '1.2.3' as Uid,
      seriesUid: '1.2.3.4' as Uid,
      instanceUid: `1.2.3.4.${number}` as Uid,
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2' as Uid,
      transferSyntaxUid: '1.2.840.10008.1.2.1' as Uid,
      fileId: ['DICOM', `0000000${number}`],
      metadata: {},
    });
  }
  return writer.finish();
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const listed = [1, 2, 3].map((number) => ['DICOM', `0000000${number}`]);

describe('readFileIds', () => {
  it.each([1, 7, 100, 100_000])('lists the files of a DICOMDIR that comes in pieces of %d bytes', async (size) => {
    expect(await readFileIds(pieces(directory(), size))).toEqual(listed);
  });

  it('answers each truncation with a BuckyError', async () => {
    const bytes = directory();
    for (let length = 0; length < bytes.length; length += 1) {
      await expect(readFileIds(pieces(bytes.subarray(0, length), 500))).rejects.toBeInstanceOf(BuckyError);
    }
  });

  const variants = `${corpus}/dicomdir/variants`;
  const has = existsSync(variants);
  if (!has) process.stderr.write('SKIPPED: DICOMDIRs of the corpus: there is no corpus beside the repository\n');
  (has ? it : it.skip).each([
    ['DICOMDIR-bigEnd', 31],
    ['DICOMDIR-implicit', 31],
    ['DICOMDIR-nopatient', 31],
    ['DICOMDIR-reordered', 31],
    ['DICOMDIR-empty.dcm', 0],
  ])('reads %s, however it is written', async (name, files) => {
    expect(await readFileIds(createReadStream(`${variants}/${name}`))).toHaveLength(files);
  });
});
