import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { Bytes } from '@bucky/dicom';
import { codingOf } from './accept.js';
import { cacheControl, vary } from './conditional.js';
import type { Exchange } from './exchange.js';
import { sendBody } from './send-body.js';

const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/** An answer shorter than this is not worth the time to compress it. */
const compressedFrom = 1024;

/** Sends the results of a search: those of one chunk with their length, more of them as they come. */
export async function sendResults(
  { req, res }: Exchange,
  { type, body }: { readonly type: string; readonly body: Bytes },
): Promise<void> {
  const headers = { 'Content-Type': type, 'Cache-Control': cacheControl, Vary: vary };
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

/** Gives what was read ahead, then the rest; ends the rest when it is not read to its end. */
async function* again(ahead: readonly IteratorResult<Uint8Array>[], rest: AsyncIterator<Uint8Array>): Bytes {
  try {
    for (const one of ahead) if (one.done !== true) yield one.value;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
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
