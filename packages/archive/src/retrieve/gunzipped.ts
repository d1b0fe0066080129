import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Bytes } from '@bucky/dicom';

/** Inflates a gzip body as it comes; what its source throws is passed on. */
export async function* gunzipped(bytes: Bytes): Bytes {
  const output = new PassThrough();
  const finished = pipeline(Readable.from(bytes), createGunzip(), output);
  const outcome = finished.catch((error: unknown) => error); // the reading below says what went wrong
  try {
    yield* output as AsyncIterable<Buffer>;
  } finally {
    output.destroy();
    await outcome;
  }
}
