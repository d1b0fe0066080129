import { readMetadataObjects, retrieveBulkData, retrieveFrames, retrieveMetadata } from '@bucky/archive';
import { BuckyError, transferSyntaxOf, type Uid } from '@bucky/dicom';
import { acceptOf, choose, codingOf, type Offer } from './accept.js';
import { cacheControl, hasVersion, sendNotModified, vary } from './conditional.js';
import { dataSetOffers, isXml, writeDataSets } from './data-sets.js';
import { pathInstance, pathTarget, pathText, signalOf, type Exchange } from './exchange.js';
import { frameRepresentations, offersOf } from './representations.js';
import { sendBody } from './send-body.js';
import { sendParts } from './send-parts.js';
import { sendRanged } from './send-ranged.js';
import { sendText } from './send-text.js';

const octets = 'application/octet-stream';
const explicitLittleEndian = '1.2.840.10008.1.2.1' as Uid; // a constant of PS3.5 A.2

/** Paths of the Attributes that hold pixels. */
const pixelPaths: ReadonlySet<string> = new Set(['7FE00010', '7FE00008', '7FE00009']);

/** Frames that one request may name. */
const frameListLimit = 10_000;

/** Answers with metadata, as DICOM JSON or in the Native DICOM Model. @see PS3.18 10.4.1.1.2, 10.4.4 */
export async function sendMetadata(exchange: Exchange): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const offer = choose(acceptOf(req), dataSetOffers);
  if (isXml(offer)) {
    await sendXmlMetadata(exchange, offer);
    return;
  }
  const coding = codingOf(req.get('Accept-Encoding'));
  const { version, open } = await retrieveMetadata(archive, pathTarget(exchange), { scope, coding });
  const etag = `"${version}"`;
  if (hasVersion(req, etag)) {
    sendNotModified(res, etag);
    return;
  }
  const headers = {
    'Content-Type': offer.name,
    ...(coding === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}),
    ETag: etag,
    'Cache-Control': cacheControl,
    Vary: vary,
  };
  if (req.method === 'HEAD') res.writeHead(200, headers).end();
  else await sendBody(res, { headers }, open());
}

async function sendXmlMetadata(exchange: Exchange, offer: Offer): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const { version, read } = await readMetadataObjects(archive, pathTarget(exchange), scope);
  const form = `${offer.name === 'multipart/related' ? 'parts' : 'single'}-${codingOf(req.get('Accept-Encoding'))}`;
  const etag = `"${version}-xml-${form}"`;
  if (hasVersion(req, etag)) sendNotModified(res, etag);
  else await sendText(exchange, { ...(await writeDataSets(read(), offer, version)), etag });
}

/** Answers with Frames, in the order of the list. @see PS3.18 10.4.1.1.6, 8.7.3.3 */
export async function sendFrames(exchange: Exchange): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const frameNumbers = parseFrameList(pathText(exchange, 'frames') ?? '');
  const found = await retrieveFrames(archive, pathInstance(exchange), { scope, frameNumbers });
  const { mediaType } = transferSyntaxOf(found.transferSyntaxUid);
  const types = mediaType === octets ? [octets] : [mediaType, octets];
  const representations = frameRepresentations(found.transferSyntaxUid);
  const chosen = choose(acceptOf(req), offersOf(representations, { types, alone: frameNumbers.length === 1 }));
  const frames = chosen.made ? await found.littleEndian() : found.frames;
  const type = chosen.body;
  const partType = `${type}; transfer-syntax=${chosen.transferSyntaxUid}`;
  const version = `${found.version}-${chosen.transferSyntaxUid}${type === octets ? '' : '-typed'}`;
  const [first] = frames;
  if (!chosen.multipart && first !== undefined) {
    const { length } = first;
    await sendRanged(exchange, { type: partType, size: length, version, open: (options) => first.open(options) });
    return;
  }
  const signal = signalOf(res);
  const parts = frames.map((frame) => ({ type: partType, length: frame.length, open: () => frame.open({ signal }) }));
  await sendParts(exchange, { version, type, parts });
}

/** Reads a list of Frame numbers: `1,3,5`. Throws `invalid`. @see PS3.18 10.4.1.1.6 */
export function parseFrameList(text: string): readonly number[] {
  const words = text.split(',');
  if (words.length > frameListLimit || !words.every((word) => /^[1-9]\d{0,9}$/.test(word))) {
    throw new BuckyError('invalid', 'The frame list must be numbers from 1, separated by commas');
  }
  return words.map(Number);
}

/** Answers with a value that metadata left out, in little endian. @see PS3.18 10.4.1.1.5, 8.7.3.3.2 */
export async function sendBulkData(exchange: Exchange): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const path = (pathText(exchange, 'path') ?? '').toUpperCase();
  const found = await retrieveBulkData(archive, pathInstance(exchange), { scope, path });
  const types = found.mediaType === octets ? [octets] : [found.mediaType, octets];
  const isEncapsulated = pixelPaths.has(path) && transferSyntaxOf(found.transferSyntaxUid).pixelData === 'encapsulated';
  const stored = isEncapsulated ? found.transferSyntaxUid : explicitLittleEndian;
  // Big endian cannot be had: what is offered are little endian numbers, or fragments as they lie.
  const representations = frameRepresentations(stored);
  // Alone before in parts: a BulkDataURI is one value, and many ask for it with `*/*`.
  const offers = [...offersOf(representations, { types, alone: true })].sort(
    (one, other) => Number(one.multipart) - Number(other.multipart),
  );
  const chosen = choose(acceptOf(req), offers);
  const type = isEncapsulated ? `${chosen.body}; transfer-syntax=${stored}` : chosen.body;
  const { version, length } = found;
  if (!chosen.multipart) {
    await sendRanged(exchange, { type, size: length, version, open: (options) => found.open(options) });
    return;
  }
  const part = { type, length, open: () => found.open({ signal: signalOf(res) }) };
  await sendParts(exchange, { version, type: chosen.body, parts: [part] });
}
