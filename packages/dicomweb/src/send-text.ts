import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Bytes } from '@bucky/dicom';
import { codingOf } from './accept.js';
import { cacheControl, vary } from './conditional.js';
import type { Exchange } from './exchange.js';
import { again } from './data-sets.js';
import { sendBody } from './send-body.js';

const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/** An answer shorter than this is not worth the time to compress it. */
const compressedFrom = 1024;

/** Sends a body of text: one chunk with its length, more as they come. */
export async function sendText(
  { req, res }: Exchange,
  { type, body, etag }: { readonly type: string; readonly body: Bytes; readonly etag?: string },
): Promise<void> {
  const validator = etag === undefined ? {} : { ETag: etag };
  const headers = { 'Content-Type': type, ...validator, 'Cache-Control': cacheControl, Vary: vary };
  const zipped = codingOf(req.get('Accept-Encoding')) === 'gzip';
  const chunks = body[Symbol.asyncIterator]();
  const [first, second] = [await chunks.next(), await chunks.next()];
  if (first.done !== true && second.done === true) {
    const coded = zipped && first.value.length > compressedFrom;
    const sent = coded ? await compress(first.value, { level: 1 }) : first.value;
    res.writeHead(200, {
      ...headers,
      ...(coded ? { 'Content-Encoding': 'gzip' } : {}),
      'Content-Length': sent.length,
    });
    res.end(req.method === 'HEAD' ? undefined : sent);
    return;
  }
  const coding = zipped ? { 'Content-Encoding': 'gzip' } : {};
  if (req.method === 'HEAD') {
    await chunks.return?.();
    res.writeHead(200, { ...headers, ...coding }).end();
    return;
  }
  const whole = again([first, second], chunks);
  await sendBody(res, { headers: { ...headers, ...coding } }, zipped ? gzipped(whole) : whole);
}

/** Compresses a body as one gzip member; what the body throws ends it. */
export async function* gzipped(body: Bytes): Bytes {
  const source = Readable.from(body, { objectMode: false });
  const zip = createGzip({ level: 1 });
  source.once('error', (error) => zip.destroy(error));
  try {
    yield* source.pipe(zip) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
    zip.destroy();
  }
}
