import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { BuckyError, type Bytes } from '@bucky/dicom';
import type { Request } from 'express';

/** Up to this size a body may inflate whatever it was before: files of zeros are honest. */
const freeBytes = 64 * 2 ** 20;

/**
 * Says how the body of a request is decoded as it comes. One that inflates to more than `inflatedRatio` times its size is
 * refused as `too-large`. Throws `unsupported-media-type`. @see RFC 9110 8.4
 */
export function decoderOf(req: Request, inflatedRatio: number): (bytes: Bytes) => Bytes {
  const coding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity' || coding === '') return (bytes) => bytes;
  if (coding === 'gzip' || coding === 'x-gzip') return (bytes) => inflated(bytes, inflatedRatio);
  throw new BuckyError('unsupported-media-type', 'The Content-Encoding of a store may be gzip or none');
}

async function* inflated(bytes: Bytes, inflatedRatio: number): Bytes {
  const gunzip = createGunzip();
  const pumping = pipeline(Readable.from(bytes), gunzip);
  // Its failure also ends the loop below; this only keeps it from being an unhandled one.
  pumping.catch(() => undefined);
  let size = 0;
  try {
    for await (const chunk of gunzip) {
      const piece = chunk as Buffer;
      size += piece.length;
      if (size > freeBytes && size > gunzip.bytesWritten * inflatedRatio) throw inflatesTooFar(inflatedRatio);
      yield piece;
    }
    await pumping;
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown };
    if (!String(code).startsWith('Z_')) throw error;
    throw new BuckyError('invalid', 'The body is not the gzip that its Content-Encoding says', { cause: error });
  } finally {
    gunzip.destroy();
  }
}

function inflatesTooFar(inflatedRatio: number): BuckyError {
  return new BuckyError('too-large', `The body inflates to more than inflatedRatio, ${inflatedRatio} times its size`);
}
