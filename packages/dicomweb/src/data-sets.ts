import { randomUUID } from 'node:crypto';
import type { DicomJsonObject } from '@bucky/archive';
import { oneChunk, type Bytes } from '@bucky/dicom';
import type { Offer } from './accept.js';
import { boundaryFor, writeMultipart, type OutgoingPart } from './multipart-writer.js';
import { byTag, writeNativeXml } from './native-xml.js';

/** Data Sets that are sent, a few at a time. */
export type DataSets = AsyncIterable<readonly DicomJsonObject[]>;

const xml = 'application/dicom+xml';

/** Forms in which Data Sets can be had, the default first. @see PS3.18 8.7.4, tables 10.4.4-1 and 10.6.4-1 */
export const dataSetOffers: readonly Offer[] = [
  { name: 'application/dicom+json' },
  { name: 'application/json' },
  { name: 'multipart/related', type: xml },
  // The standard has it for a single item only; of several the answer is in parts all the same
  { name: xml },
];

/** Tells whether a form is XML. */
export function isXml({ name, type }: Offer): boolean {
  return name === xml || type === xml;
}

/** Writes Data Sets in the form that was chosen. `version` makes the same boundary for the same content. */
export async function writeDataSets(
  dataSets: DataSets,
  offer: Offer,
  version: string = randomUUID(),
): Promise<{ readonly type: string; readonly body: Bytes }> {
  if (!isXml(offer)) return { type: offer.name, body: jsonArray(dataSets) };
  const boundary = boundaryFor(`${version} ${xml}`);
  const inParts = { type: `multipart/related; type="${xml}"; boundary=${boundary}` };
  if (offer.name !== xml) return { ...inParts, body: writeMultipart(xmlParts(dataSets), boundary) };
  const iterator = dataSets[Symbol.asyncIterator]();
  const [first, second] = [await iterator.next(), await iterator.next()];
  const [single, ...more] = first.done === true ? [] : first.value;
  if (single !== undefined && more.length === 0 && second.done === true)
    return { type: xml, body: oneChunk(Buffer.from(writeNativeXml(single))) };
  return { ...inParts, body: writeMultipart(xmlParts(again([first, second], iterator)), boundary) };
}

/** Gives what was read ahead, then the rest; ends the rest when it is not read to its end. */
export async function* again<T>(ahead: readonly IteratorResult<T>[], rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    for (const one of ahead) if (one.done !== true) yield one.value;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

async function* xmlParts(dataSets: DataSets): AsyncGenerator<OutgoingPart> {
  for await (const batch of dataSets) {
    for (const dataSet of batch) {
      const body = Buffer.from(writeNativeXml(dataSet));
      yield { type: xml, length: body.length, open: () => Promise.resolve(oneChunk(body)) };
    }
  }
}

/** Writes one JSON array; a batch is one chunk, the end stands with the last. @see PS3.18 F.2.1 */
async function* jsonArray(dataSets: DataSets): Bytes {
  let before = '[';
  let text: string | undefined;
  for await (const batch of dataSets) {
    if (text !== undefined) yield Buffer.from(text);
    text = before + batch.map(jsonText).join(',');
    before = ',';
  }
  yield Buffer.from(text === undefined ? '[]' : `${text}]`);
}

/** Writes Attributes in the order of their Tags, even those that JavaScript takes for the index of an array and puts first. @see PS3.18 F.2.2 */
function jsonText(dataSet: DicomJsonObject): string {
  const [first] = Object.keys(dataSet);
  if (first === undefined || !/^[1-9]\d{7}$/.test(first)) return JSON.stringify(dataSet);
  const members = byTag(dataSet).map(([tag, { vr, Value, ...rest }]) => {
    if (vr !== 'SQ' || Value === undefined) return `"${tag}":${JSON.stringify(dataSet[tag])}`;
    const items = (Value as readonly DicomJsonObject[]).map(jsonText); // what a Sequence holds. @see PS3.18 F.2.2
    return `"${tag}":${JSON.stringify({ vr, ...rest }).slice(0, -1)},"Value":[${items.join(',')}]}`;
  });
  return `{${members.join(',')}}`;
}
