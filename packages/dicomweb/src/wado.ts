import { createHash } from 'node:crypto';
import {
  retrieveBulkData,
  retrieveFrames,
  retrieveInstances,
  retrieveMetadata,
  type RetrievedInstance,
} from '@bucky/archive';
import { BuckyError, transferSyntaxOf, type Bytes, type Uid } from '@bucky/dicom';
import { acceptOf, choose, codingOf, type MediaRange } from './accept.js';
import { cacheControl, hasVersion, sendNotModified, vary } from './conditional.js';
import { pathInstance, pathTarget, pathText, retrieveUrl, signalOf, type Exchange } from './exchange.js';
import { boundaryFor, writeMultipart, type OutgoingPart } from './multipart-writer.js';
import { sendBody } from './send-body.js';
import { sendRanged } from './send-ranged.js';

const dicom = 'application/dicom';
const octets = 'application/octet-stream';
const explicitLittleEndian = '1.2.840.10008.1.2.1';

/** Frames that one request may name. */
const frameListLimit = 10_000;

/** Answers with metadata as DICOM JSON. @see PS3.18 10.4.1.1.2 */
export async function sendMetadata(exchange: Exchange): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const { offer } = choose(acceptOf(req), [{ name: 'application/dicom+json' }, { name: 'application/json' }]);
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

/** Answers with a study or a series as Part 10 files. @see PS3.18 10.4.1.1.1 */
export async function sendInstances(exchange: Exchange): Promise<void> {
  const { archive, scope, req } = exchange;
  const target = pathTarget(exchange);
  const ranges = acceptOf(req);
  const digest = createHash('sha256');
  const fitting = new Set<Uid>();
  for await (const { located, version } of retrieveInstances(archive, target, scope)) {
    digest.update(version);
    // All or nothing: each Transfer Syntax that is stored here must be one that was asked for.
    const { transferSyntaxUid } = located;
    if (!fitting.has(transferSyntaxUid)) choose(ranges, [dicomOffer(transferSyntaxUid)]);
    fitting.add(transferSyntaxUid);
  }
  if (fitting.size === 0) throw new BuckyError('not-found', 'There is no such study or series here');
  const version = digest.digest('hex').slice(0, 32);
  const parts = instanceParts(retrieveInstances(archive, target, scope), exchange);
  await sendParts(exchange, { version, type: dicom, parts });
}

function dicomOffer(transferSyntaxUid: Uid): { name: string; type: string; transferSyntaxUids: readonly string[] } {
  return { name: 'multipart/related', type: dicom, transferSyntaxUids: [transferSyntaxUid] };
}

async function* instanceParts(
  instances: AsyncIterable<RetrievedInstance>,
  { root, res }: Exchange,
): AsyncGenerator<OutgoingPart> {
  const signal = signalOf(res);
  for await (const instance of instances) {
    const { located, size } = instance;
    yield {
      type: `${dicom}; transfer-syntax=${located.transferSyntaxUid}`,
      length: size,
      location: retrieveUrl(root, located),
      open: () => instance.open({ signal }),
    };
  }
}

/** Answers with one Instance, as a part or as the whole body. @see PS3.18 10.4.1.1.1, 10.4.3.3 */
export async function sendInstance(exchange: Exchange): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const instance = await firstOf(retrieveInstances(archive, pathInstance(exchange), scope));
  if (instance === undefined) throw new BuckyError('not-found', 'There is no such instance here');
  const { transferSyntaxUid } = instance.located;
  const single = { name: dicom, transferSyntaxUids: [transferSyntaxUid] };
  const { offer } = choose(acceptOf(req), [dicomOffer(transferSyntaxUid), single]);
  if (offer.name === dicom) {
    const type = `${dicom}; transfer-syntax=${transferSyntaxUid}`;
    await sendRanged(exchange, {
      type,
      size: instance.size,
      version: instance.version,
      open: (options) => instance.open(options),
    });
    return;
  }
  const part = {
    type: `${dicom}; transfer-syntax=${transferSyntaxUid}`,
    length: instance.size,
    location: retrieveUrl(exchange.root, instance.located),
    open: () => instance.open({ signal: signalOf(res) }),
  };
  await sendParts(exchange, { version: instance.version, type: dicom, parts: [part] });
}

async function firstOf<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  for await (const value of values) return value;
  return undefined;
}

/** Answers with Frames as stored, in the order of the list. @see PS3.18 10.4.1.1.6, 8.7.3.3 */
export async function sendFrames(exchange: Exchange): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const frameNumbers = parseFrameList(pathText(exchange, 'frames') ?? '');
  const found = await retrieveFrames(archive, pathInstance(exchange), { scope, frameNumbers });
  const stored = found.transferSyntaxUid;
  const { type, range, multipart } = chooseEncoding(acceptOf(req), stored, frameNumbers.length === 1);
  const asked = range.parameters.get('transfer-syntax');
  const partType = `${type}; transfer-syntax=${asked === undefined || asked === '*' ? stored : asked}`;
  const version = `${found.version}${type === octets ? '' : '-typed'}`;
  const signal = signalOf(res);
  const [first] = found.frames;
  if (!multipart && first !== undefined) {
    const etag = `"${version}-single"`;
    if (hasVersion(req, etag)) {
      sendNotModified(res, etag);
      return;
    }
    const headers = {
      'Content-Type': partType,
      'Content-Length': first.length,
      ETag: etag,
      'Cache-Control': cacheControl,
      Vary: vary,
    };
    if (req.method === 'HEAD') res.writeHead(200, headers).end();
    else await sendBody(res, { headers }, await first.open({ signal }));
    return;
  }
  const parts = found.frames.map((frame) => ({
    type: partType,
    length: frame.length,
    open: () => frame.open({ signal }),
  }));
  await sendParts(exchange, { version, type, parts });
}

/** Chooses the media type of stored Frames or bulk data, and whether it comes in parts. */
function chooseEncoding(
  ranges: readonly MediaRange[],
  stored: Uid,
  one: boolean,
): { readonly type: string; readonly range: MediaRange; readonly multipart: boolean } {
  const { mediaType, pixelData, byteOrder } = transferSyntaxOf(stored);
  // Native little endian pixels are the same bytes whatever the VRs around them were. @see PS3.18 8.7.3.3
  const same = pixelData === 'native' && byteOrder === 'little' ? [stored, explicitLittleEndian] : [stored];
  const types = mediaType === octets ? [octets] : [mediaType, octets];
  const offers = types.map((type) => ({ name: 'multipart/related', type, transferSyntaxUids: same, body: type }));
  const singles = one ? types.map((type) => ({ name: type, transferSyntaxUids: same, body: type })) : [];
  const { offer, range } = choose(ranges, [...offers, ...singles]);
  return { type: offer.body, range, multipart: offer.name === 'multipart/related' };
}

/** Reads a list of Frame numbers: `1,3,5`. Throws `invalid`. @see PS3.18 10.4.1.1.6 */
export function parseFrameList(text: string): readonly number[] {
  const words = text.split(',');
  if (words.length > frameListLimit || !words.every((word) => /^[1-9]\d{0,9}$/.test(word))) {
    throw new BuckyError('invalid', 'The frame list must be numbers from 1, separated by commas');
  }
  return words.map(Number);
}

/** Answers with a value that metadata left out. @see PS3.18 10.4.1.1.5 */
export async function sendBulkData(exchange: Exchange): Promise<void> {
  const { archive, scope, req, res } = exchange;
  const path = (pathText(exchange, 'path') ?? '').toUpperCase();
  const found = await retrieveBulkData(archive, pathInstance(exchange), { scope, path });
  const types = found.mediaType === octets ? [octets] : [found.mediaType, octets];
  const transferSyntaxUids = [found.transferSyntaxUid, explicitLittleEndian];
  const { offer } = choose(acceptOf(req), [
    ...types.map((type) => ({ name: type, transferSyntaxUids, body: type })),
    ...types.map((type) => ({ name: 'multipart/related', type, transferSyntaxUids, body: type })),
  ]);
  const { body: type } = offer;
  if (offer.name !== 'multipart/related') {
    await sendRanged(exchange, {
      type,
      size: found.length,
      version: found.version,
      open: (options) => found.open(options),
    });
    return;
  }
  const part = { type, length: found.length, open: () => found.open({ signal: signalOf(res) }) };
  await sendParts(exchange, { version: found.version, type, parts: [part] });
}

/** Sends parts as one multipart body. */
async function sendParts(
  { req, res }: Exchange,
  answer: {
    readonly version: string;
    readonly type: string;
    readonly parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>;
  },
): Promise<void> {
  const { version, type, parts } = answer;
  const etag = `"${version}-parts"`;
  if (hasVersion(req, etag)) {
    sendNotModified(res, etag);
    return;
  }
  const boundary = boundaryFor(`${version} ${type}`);
  const headers = {
    'Content-Type': `multipart/related; type="${type}"; boundary=${boundary}`,
    ETag: etag,
    'Cache-Control': cacheControl,
    Vary: vary,
  };
  if (req.method === 'HEAD') {
    res.writeHead(200, headers).end();
    return;
  }
  const body: Bytes = writeMultipart(parts, boundary);
  await sendBody(res, { headers }, body);
}
