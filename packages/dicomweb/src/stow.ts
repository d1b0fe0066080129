import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { admitUpload, takeInstance, type ReceiveOutcome, type TakenInstance } from '@bucky/archive';
import { BuckyError, type Bytes, type ErrorCode, type Uid } from '@bucky/dicom';
import type { Request } from 'express';
import { acceptOf, choose } from './accept.js';
import { pathUids, signalOf, type Exchange } from './exchange.js';
import { parseMediaType } from './media-type.js';
import { isBoundary, readMultipart, type Part } from './multipart-reader.js';
import { writeNativeXml } from './native-xml.js';
import { storeResponse } from './store-response.js';

/** Parts whose bytes have been read and whose outcome is not known yet. */
const pendingLimit = 64;
/** Reasons told in Warning headers; the answer itself has a code for each. */
const warningLimit = 5;

const answers = [{ name: 'application/dicom+json' }, { name: 'application/json' }, { name: 'application/dicom+xml' }];

/** Faults of ours that pass: when nothing was stored for these alone, the sender had better try again. */
const passing: ReadonlySet<ErrorCode> = new Set(['busy', 'full', 'unavailable']);

/** Stores the Instances of a request. All that can be refused is refused before its body is read. @see PS3.18 10.5 */
export async function store(exchange: Exchange): Promise<void> {
  const { archive, root, req, res } = exchange;
  const offer = choose(acceptOf(req), answers);
  const { studyUid } = pathUids(exchange);
  const boundary = boundaryOf(req);
  const decode = decoderOf(req);
  refuseTooLarge(exchange, boundary);
  await admitUpload(archive);
  const signal = signalOf(res);
  const bytes = decode(req.iterator({ destroyOnReturn: false }));
  const take = takerOf(exchange, studyUid, signal);
  const outcomes = await orLetGo(exchange, async () =>
    boundary === undefined ? [await (await take(bytes)).outcome] : storeParts(readMultipart(bytes, boundary), take),
  );
  reportBugs(outcomes, exchange);
  for (const outcome of outcomes) exchange.onReceived(outcome);
  const known = outcomes.filter(({ kind }) => kind === 'duplicate').length;
  if (known > 0) res.setHeader('Bucky-Already-Stored', known);
  const failures = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome.error] : []));
  const [first] = failures;
  if (first !== undefined && failures.length === outcomes.length && failures.every(({ code }) => passing.has(code))) {
    throw first;
  }
  const { status, module } = storeResponse(outcomes, root);
  const body = Buffer.from(offer.name === 'application/dicom+xml' ? writeNativeXml(module) : JSON.stringify(module));
  const warnings = [...new Set([...failures.map(({ message }) => message), ...disagreements(outcomes)])].slice(
    0,
    warningLimit,
  );
  if (warnings.length > 0) res.setHeader('Warning', warnings.map(warning));
  res.writeHead(status, { 'Content-Type': offer.name, 'Content-Length': body.length, 'Cache-Control': 'no-store' });
  res.end(body);
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

/** Says by what stored Instances contradict their Study on whose they are: the keyword, never the value. */
function disagreements(outcomes: readonly ReceiveOutcome[]): readonly string[] {
  return outcomes.flatMap((outcome) =>
    outcome.kind !== 'stored' || outcome.differs.length === 0
      ? []
      : [`Stored, but the study needs attention: it has another ${outcome.differs.join(', ')}`],
  );
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
    throw new BuckyError('invalid', 'The Content-Type has no boundary of 1 to 70 allowed characters');
  }
  return boundary;
}

function decoderOf(req: Request): (bytes: Bytes) => Bytes {
  const coding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (coding === 'identity' || coding === '') return (bytes) => bytes;
  if (coding === 'gzip' || coding === 'x-gzip') return inflated;
  throw new BuckyError('unsupported-media-type', 'The Content-Encoding of a store may be gzip or none');
}

/** Inflates a body as it comes; what it grows to is bounded by the limits on a file, part by part. */
async function* inflated(bytes: Bytes): Bytes {
  const gunzip = createGunzip();
  const pumping = pipeline(Readable.from(bytes), gunzip);
  // Its failure also ends the loop below; this only keeps it from being an unhandled one.
  pumping.catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
    await pumping;
  } catch (error) {
    const { code } = Object(error) as { readonly code?: unknown };
    if (!String(code).startsWith('Z_')) throw error;
    throw new BuckyError('invalid', 'The body is not the gzip that its Content-Encoding says', { cause: error });
  } finally {
    gunzip.destroy();
  }
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
 * parts before it are kept already, the answer says so and names the failure. Throws `invalid` when there is no part.
 */
async function storeParts(parts: AsyncIterable<Part>, take: Take): Promise<readonly ReceiveOutcome[]> {
  const outcomes: Promise<ReceiveOutcome>[] = [];
  let broken: BuckyError | undefined;
  try {
    for await (const part of parts) {
      const refusal = refusalOf(part);
      if (refusal !== undefined) outcomes.push(Promise.resolve(failure(refusal)));
      else outcomes.push((await take(part.body)).outcome);
      await outcomes[outcomes.length - 1 - pendingLimit];
    }
  } catch (error) {
    if (!(error instanceof BuckyError && error.code === 'invalid')) {
      await Promise.all(outcomes);
      throw error;
    }
    broken = error;
  }
  const settled = await Promise.all(outcomes);
  if (broken !== undefined) {
    if (settled.every(({ kind }) => kind === 'failed' || kind === 'conflict')) throw broken;
    return [...settled, failure(broken)];
  }
  if (settled.length === 0) throw new BuckyError('invalid', 'The multipart body has no part');
  return settled;
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

function reportBugs(outcomes: readonly ReceiveOutcome[], { onBug }: Exchange): void {
  for (const outcome of outcomes) {
    if (outcome.kind === 'failed' && outcome.error.code === 'internal') onBug(outcome.error);
  }
}
