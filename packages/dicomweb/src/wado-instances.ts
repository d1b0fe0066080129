import { createHash } from 'node:crypto';
import {
  openTranscoded,
  retrieveInstances,
  type Archive,
  type Encoding,
  type RetrievedInstance,
  type Target,
} from '@bucky/archive';
import { BuckyError, type Bytes, type Scope } from '@bucky/dicom';
import { acceptOf, choose, findChoice, notAcceptable, type Acceptable } from './accept.js';
import { cacheControl, hasVersion, sendNotModified, vary } from './conditional.js';
import { pathInstance, pathTarget, retrieveUrl, signalOf, type Exchange } from './exchange.js';
import type { OutgoingPart } from './multipart-writer.js';
import { instanceRepresentations, offersOf, type Representation, type Stored } from './representations.js';
import { sendBody } from './send-body.js';
import { sendParts } from './send-parts.js';
import { sendRanged } from './send-ranged.js';

const dicom = 'application/dicom';

/**
 * Answers with a study or a series as Part 10 files, each in the Transfer Syntax that is wanted most of those it can be had
 * in. Instances that cannot be had so are left out and counted in a Warning: 206; none left is 406.
 * @see PS3.18 10.4.1.1.1, 10.4.3.3, 8.7.8
 */
export async function sendInstances(exchange: Exchange): Promise<void> {
  const { archive, scope, req } = exchange;
  const target = pathTarget(exchange);
  const contents = await archive.catalog.contents(target, scope);
  if (contents === undefined) throw new BuckyError('not-found', 'There is no such study or series here');
  const choices = new Choices(acceptOf(req));
  const leftOut = contents.encodings.filter((encoding) => choices.of(encoding) === undefined);
  if (leftOut.length === contents.encodings.length) throw notAcceptable();
  await sendParts(exchange, {
    version: contents.version + choices.variant(contents.encodings),
    type: dicom,
    parts: instanceParts(retrieveInstances(archive, target, scope), exchange, choices),
    ...(leftOut.length === 0 ? {} : { leftOut: { instances: sum(leftOut), of: sum(contents.encodings) } }),
  });
}

/** What is chosen for each way in which Instances of a target are stored. */
class Choices {
  readonly #acceptable: Acceptable;
  readonly #known = new Map<string, Representation | undefined>();

  constructor(acceptable: Acceptable) {
    this.#acceptable = acceptable;
  }

  /** Gives nothing for what cannot be had as it is asked for. */
  of(stored: Stored): Representation | undefined {
    const key = `${stored.transferSyntaxUid} ${stored.misdeclared}`;
    if (!this.#known.has(key)) {
      const offers = offersOf(instanceRepresentations(stored), { types: [dicom], alone: false });
      this.#known.set(key, findChoice(this.#acceptable, offers));
    }
    return this.#known.get(key);
  }

  /** Tells apart the answers that one content can give; empty when all is as it is stored. */
  variant(encodings: readonly Encoding[]): string {
    const made = encodings.filter((encoding) => this.of(encoding)?.made === true);
    if (made.length === 0) return '';
    const text = made
      .map((one) => `${one.transferSyntaxUid} ${this.of(one)?.transferSyntaxUid}`)
      .sort()
      .join();
    return `-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  }
}

function sum(encodings: readonly Encoding[]): number {
  return encodings.reduce((total, { instances }) => total + instances, 0);
}

async function* instanceParts(
  instances: AsyncIterable<RetrievedInstance>,
  exchange: Exchange,
  choices: Choices,
): AsyncGenerator<OutgoingPart> {
  const signal = signalOf(exchange.res);
  for await (const instance of instances) {
    const chosen = choices.of(instance.located);
    if (chosen !== undefined) yield instancePart(exchange, instance, { chosen, signal });
  }
}

function instancePart(
  exchange: Exchange,
  instance: RetrievedInstance,
  { chosen, signal }: { readonly chosen: Representation; readonly signal: AbortSignal },
): OutgoingPart {
  return {
    type: `${dicom}; transfer-syntax=${chosen.transferSyntaxUid}`,
    location: retrieveUrl(exchange.root, instance.located),
    ...(chosen.made ? {} : { length: instance.size }),
    open: () => (chosen.made ? openMade(exchange, instance, { chosen, signal }) : instance.open({ signal })),
  };
}

function openMade(
  { archive }: Exchange,
  { located }: RetrievedInstance,
  { chosen, signal }: { readonly chosen: Representation; readonly signal: AbortSignal },
): Promise<Bytes> {
  return openTranscoded(archive, located, { transferSyntaxUid: chosen.transferSyntaxUid, signal });
}

/** Answers with one Instance, as a part or as the whole body. @see PS3.18 10.4.1.1.1, 10.4.3.3 */
export async function sendInstance(exchange: Exchange): Promise<void> {
  const { archive, scope } = exchange;
  const instance = await findInstance(archive, pathInstance(exchange), scope);
  const chosen = choose(
    acceptOf(exchange.req),
    offersOf(instanceRepresentations(instance.located), { types: [dicom], alone: true }),
  );
  if (!chosen.multipart) {
    await sendAlone(exchange, instance, chosen);
    return;
  }
  const part = instancePart(exchange, instance, { chosen, signal: signalOf(exchange.res) });
  await sendParts(exchange, { version: versionOf(instance, chosen), type: dicom, parts: [part] });
}

/** Finds one Instance. Throws `not-found`. */
export async function findInstance(
  archive: Archive,
  target: Required<Target>,
  scope: Scope,
): Promise<RetrievedInstance> {
  for await (const instance of retrieveInstances(archive, target, scope)) return instance;
  throw new BuckyError('not-found', 'There is no such instance here');
}

function versionOf({ version }: RetrievedInstance, { made, transferSyntaxUid }: Representation): string {
  return made ? `${version}-${transferSyntaxUid}` : version;
}

/** Sends one Instance as the whole body: as it is stored by ranges too; made anew from its beginning, of a size not known ahead. */
export async function sendAlone(
  exchange: Exchange,
  instance: RetrievedInstance,
  chosen: Representation,
): Promise<void> {
  const { req, res } = exchange;
  const type = `${dicom}; transfer-syntax=${chosen.transferSyntaxUid}`;
  const version = versionOf(instance, chosen);
  if (!chosen.made) {
    const { size } = instance;
    await sendRanged(exchange, { type, size, version, open: (options) => instance.open(options) });
    return;
  }
  const etag = `"${version}"`;
  if (hasVersion(req, etag)) {
    sendNotModified(res, etag);
    return;
  }
  const headers = {
    'Content-Type': type,
    ETag: etag,
    'Cache-Control': cacheControl,
    'Accept-Ranges': 'none',
    Vary: vary,
  };
  if (req.method === 'HEAD') res.writeHead(200, headers).end();
  else await sendBody(res, { headers }, await openMade(exchange, instance, { chosen, signal: signalOf(res) }));
}
