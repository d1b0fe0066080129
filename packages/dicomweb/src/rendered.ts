import { retrieveBulkData, retrieveFrames, retrieveInstances, retrieveMetadata } from '@bucky/archive';
import { BuckyError, oneChunk, transferSyntaxOf, type ByteRange, type Bytes } from '@bucky/dicom';
import { acceptOf, choose } from './accept.js';
import { pathInstance, type Exchange } from './exchange.js';
import { sendRanged } from './send-ranged.js';

const encapsulatedPdf = '1.2.840.10008.5.1.4.1.1.104.1';
const encapsulatedDocument = '00420011';
const pdf = 'application/pdf';

/**
 * Answers with what can be shown as it is stored: an encapsulated PDF, or MPEG-4 and HEVC video. All else needs decoding:
 * `not-acceptable`. @see PS3.18 10.4.1.1.3
 */
export async function sendRendered(exchange: Exchange): Promise<void> {
  const { archive, scope } = exchange;
  for await (const { located } of retrieveInstances(archive, pathInstance(exchange), scope)) {
    const { mediaType } = transferSyntaxOf(located.transferSyntaxUid);
    if (located.sopClassUid === encapsulatedPdf) return sendPdf(exchange);
    if (mediaType === 'video/mp4') return sendVideo(exchange, mediaType);
    throw new BuckyError('not-acceptable', 'This instance cannot be rendered: its pixels would have to be decoded');
  }
  throw new BuckyError('not-found', 'There is no such instance here');
}

async function sendPdf(exchange: Exchange): Promise<void> {
  const { archive, scope, req } = exchange;
  choose(acceptOf(req), [{ name: pdf }]);
  const target = pathInstance(exchange);
  const small = await inlineDocument(exchange);
  if (small !== undefined) {
    const open = ({ range }: { readonly range: ByteRange }): Promise<Bytes> =>
      Promise.resolve(oneChunk(small.bytes.subarray(range.start, range.end)));
    await sendRanged(exchange, { type: pdf, size: small.bytes.length, version: `${small.version}-pdf`, open });
    return;
  }
  const found = await retrieveBulkData(archive, target, { scope, path: encapsulatedDocument });
  await sendRanged(exchange, {
    type: pdf,
    size: found.length,
    version: found.version,
    open: (options) => found.open(options),
  });
}

/** A document so small that metadata holds it. */
async function inlineDocument(exchange: Exchange): Promise<{ bytes: Buffer; version: string } | undefined> {
  const { archive, scope } = exchange;
  const { open, version } = await retrieveMetadata(archive, pathInstance(exchange), { scope, coding: 'identity' });
  const chunks: Uint8Array[] = [];
  for await (const chunk of open()) chunks.push(chunk);
  type Attributes = Readonly<Record<string, { readonly InlineBinary?: string } | undefined>>;
  const [attributes] = JSON.parse(Buffer.concat(chunks).toString('utf8')) as readonly Attributes[]; // written by us
  const text = attributes?.[encapsulatedDocument]?.InlineBinary;
  return text === undefined ? undefined : { bytes: Buffer.from(text, 'base64'), version };
}

async function sendVideo(exchange: Exchange, type: string): Promise<void> {
  const { archive, scope, req } = exchange;
  choose(acceptOf(req), [{ name: type }]);
  const found = await retrieveFrames(archive, pathInstance(exchange), { scope, frameNumbers: [1] });
  const [video] = found.frames;
  if (video === undefined) throw new BuckyError('not-found', 'The instance has no Pixel Data');
  await sendRanged(exchange, {
    type,
    size: video.length,
    version: `${found.version}-video`,
    open: (options) => video.open(options),
  });
}
