import { admitUpload, takeInstance, type ReceiveOutcome, type TakenInstance } from '@bucky/archive';
import { BuckyError, defaultReaderLimits, type Bytes, type ErrorCode, type Uid } from '@bucky/dicom';
import type { Request } from 'express';
import { acceptOf, choose } from './accept.js';
import { decoderOf } from './content-coding.js';
import { pathUids, signalOf, type Exchange } from './exchange.js';
import { parseMediaType } from './media-type.js';
import { isBoundary, readMultipart, type Part } from './multipart-reader.js';
import { writeNativeXml } from './native-xml.js';
import { storeResponse } from './store-response.js';
import { StoreTally } from './store-tally.js';

const answers = [{ name: 'application/dicom+json' }, { name: 'application/json' }, { name: 'application/dicom+xml' }];

/** Stores the Instances of a request. All that can be refused is refused before its body is read. @see PS3.18 10.5 */
export async function store(exchange: Exchange): Promise<void> {
  const { archive, root, req, res } = exchange;
  const offer = choose(acceptOf(req), answers);
  const { studyUid } = pathUids(exchange);
  const boundary = boundaryOf(req);
  const decode = decoderOf(req, { ...defaultReaderLimits, ...archive.policies.limits }.inflatedRatio);
  refuseTooLarge(exchange, boundary);
  await admitUpload(archive);
  const tally = tallyOf(exchange);
  const take = takerOf(exchange, studyUid, signalOf(res));
  await orLetGo(exchange, async () => {
    const bytes = decode(req.iterator({ destroyOnReturn: false }));
    if (boundary !== undefined) await storeParts(readMultipart(bytes, boundary), { take, tally, exchange });
    else await tally.add((await take(bytes)).outcome);
    await tally.settle();
  });
  if (tally.ourFailure !== undefined) throw tally.ourFailure;
  if (tally.duplicates > 0) res.setHeader('Bucky-Already-Stored', tally.duplicates);
  const { warnings } = tally;
  if (warnings.length > 0) res.setHeader('Warning', warnings.map(warning));
  const { status, module } = storeResponse(tally.results, root);
  const body = Buffer.from(offer.name === 'application/dicom+xml' ? writeNativeXml(module) : JSON.stringify(module));
  res.writeHead(status, { 'Content-Type': offer.name, 'Content-Length': body.length, 'Cache-Control': 'no-store' });
  res.end(body);
}

/** Tells of each file, and of each kind of failure once: a full disk fails a thousand files alike. */
function tallyOf({ onFailure, onReceived }: Exchange): StoreTally {
  const told = new Set<ErrorCode>();
  return new StoreTally((outcome) => {
    if (outcome.kind === 'failed' && !told.has(outcome.error.code)) {
      told.add(outcome.error.code);
      onFailure(outcome.error);
    }
    onReceived(outcome);
  });
}

/** Runs what reads the body. When that gives up midway, the rest is let go and the connection used no more. @see RFC 9112 9.3 */
async function orLetGo<T>({ req, res }: Exchange, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!req.complete && !res.headersSent) {
      res.setHeader('Connection', 'close');
      req.resume();
    }
    throw error;
  }
}

/** Begins to take one file; resolves when its bytes are read, to what becomes of it. */
type Take = (bytes: Bytes) => Promise<TakenInstance>;

function warning(message: string): string {
  return `299 bucky "${message.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, '?')}"`;
}

/** Gives the boundary, or undefined for a single Part 10 file. Throws `unsupported-media-type` and `invalid`. @see PS3.18 10.5.1.2 */
function boundaryOf(req: Request): string | undefined {
  const type = parseMediaType(req.headers['content-type'] ?? '');
  if (type?.name === 'application/dicom') return undefined;
  const related = type?.parameters.get('type')?.toLowerCase() ?? 'application/dicom';
  if (type?.name !== 'multipart/related' || related !== 'application/dicom') {
    throw new BuckyError(
      'unsupported-media-type',
      'A store takes multipart/related of application/dicom, or one application/dicom',
    );
  }
  const boundary = type.parameters.get('boundary');
  if (boundary === undefined || !isBoundary(boundary)) {
    throw new BuckyError('invalid', 'The Content-Type has no boundary of 1 to 200 allowed characters');
  }
  return boundary;
}

function refuseTooLarge({ archive, req }: Exchange, boundary: string | undefined): void {
  const { partBytes } = archive.policies;
  if (boundary === undefined && Number(req.headers['content-length'] ?? 0) > partBytes) {
    throw new BuckyError('too-large', `The body is larger than partBytes, ${partBytes} bytes`);
  }
}

function takerOf({ archive }: Exchange, studyUid: Uid | undefined, signal: AbortSignal): Take {
  return (bytes) =>
    takeInstance(archive, bytes, { source: 'stow', signal, ...(studyUid === undefined ? {} : { studyUid }) });
}

/**
 * Takes part after part, while earlier ones are made durable. A body that ends too early fails the part it was in; when
 * parts before it are kept already, the answer says so and names the failure. Throws `invalid` when there is no part,
 * `too-large` when there are too many.
 */
async function storeParts(
  parts: AsyncIterable<Part>,
  { take, tally, exchange }: { readonly take: Take; readonly tally: StoreTally; readonly exchange: Exchange },
): Promise<void> {
  const { partsPerRequest } = exchange.archive.policies;
  let count = 0;
  try {
    for await (const part of parts) {
      count += 1;
      if (count > partsPerRequest) throw tooManyParts(partsPerRequest);
      const refusal = refusalOf(part);
      await tally.add(refusal === undefined ? (await take(part.body)).outcome : failure(refusal));
    }
    if (count === 0) throw new BuckyError('invalid', 'The multipart body has no part');
  } catch (error) {
    await tally.settle();
    if (!(error instanceof BuckyError && error.code === 'invalid') || tally.isAllFailed) throw error;
    await tally.add(failure(error));
  }
}

function tooManyParts(partsPerRequest: number): BuckyError {
  return new BuckyError('too-large', `The body has more parts than partsPerRequest, ${partsPerRequest}`);
}

function failure(error: BuckyError): ReceiveOutcome {
  return { kind: 'failed', identity: {}, error };
}

/** Tells why a part cannot be a Part 10 file, if it says so itself. Without a Content-Type it is what the request says. */
function refusalOf({ headers }: Part): BuckyError | undefined {
  const type = headers.get('content-type');
  if (type !== undefined && parseMediaType(type)?.name !== 'application/dicom') {
    return new BuckyError('unsupported-media-type', 'A part is of another media type than application/dicom');
  }
  const coding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  if (coding === 'base64' || coding === 'quoted-printable') {
    return new BuckyError('unsupported-media-type', `A part is in ${coding}, which HTTP does not use`);
  }
  return undefined;
}
