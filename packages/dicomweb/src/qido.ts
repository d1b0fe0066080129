import { search, type DicomJsonObject, type MatchingKey, type Query, type QueryLevel } from '@bucky/archive';
import { BuckyError, isUid, keywordOf, parseTag, tagOf, tagText, type Uid } from '@bucky/dicom';
import { acceptOf, choose } from './accept.js';
import { cacheControl, vary } from './conditional.js';
import { dataSetOffers, writeDataSets, type DataSets } from './data-sets.js';
import { pathUids, queryPairs, retrieveUrl, type Exchange, type PathUids } from './exchange.js';
import { sendText } from './send-text.js';

/** Results of a search of the whole archive without a limit in the request; below a study there is none. */
const defaultLimit = 1000;
/** Results of one answer to a search of the whole archive, whatever the request says. */
const limitCap = 10_000;
/** Instances of the whole archive that may be skipped over: who wants to go on names a study, or asks for less by matching. */
const deepestInstance = 100_000;

/** Warnings of the standard's own wording. @see PS3.18 8.3.4.2, 10.6.3.3 */
const cutOff = '299 bucky "There are more results than were sent. Additional results can be requested"';
const notSupported = (name: string): string =>
  `299 bucky "The ${name} parameter is not supported. Only literal matching has been performed"`;

/** What a search asks. */
export interface SearchRequest {
  readonly query: Query;
  /** Parameters that were true and change nothing. */
  readonly ignored: readonly string[];
}

/** Makes the handler of a search at one level. @see PS3.18 10.6 */
export function searchAt(level: QueryLevel): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const { archive, scope, req, res } = exchange;
    const offer = choose(acceptOf(req), dataSetOffers);
    const uids = pathUids(exchange);
    const { query, ignored } = parseSearch(req.url, { level, uids });
    const { results, count, more, total } = await search(archive, query, scope);
    const warnings = [...(more ? [cutOff] : []), ...ignored.map(notSupported)];
    if (warnings.length > 0) res.setHeader('Warning', warnings);
    if (total !== undefined) res.setHeader('X-Total-Count', total);
    if (count === 0) {
      res.writeHead(204, { 'Cache-Control': cacheControl, Vary: vary }).end();
      return;
    }
    const rows = withRetrieveUrls(results, exchange, { level, uids });
    await sendText(exchange, await writeDataSets(rows, offer));
  };
}

async function* withRetrieveUrls(
  batches: DataSets,
  { root }: Exchange,
  at: { readonly level: QueryLevel; readonly uids: PathUids },
): DataSets {
  for await (const batch of batches) yield batch.map((result) => withRetrieveUrl(result, root, at));
}

/** Reads the query of a search. Throws `invalid`, which names the parameter and never its value. @see PS3.18 8.3.4 */
export function parseSearch(
  url: string,
  { level, uids }: { readonly level: QueryLevel; readonly uids: PathUids },
): SearchRequest {
  const matching: MatchingKey[] = [];
  const includeFields = new Set<string>();
  const single = new Map<string, string>();
  for (const [key, value] of queryPairs(url)) {
    if (key === 'accept' || key === 'charset') continue;
    if (key === 'includefield') {
      for (const field of value.split(',')) if (field.trim() !== '') includeFields.add(fieldOf(field.trim()));
      continue;
    }
    const name = ownParameters.has(key) ? key : pathFor(key);
    if (single.has(name)) throw new BuckyError('invalid', `There may be one ${name}`);
    single.set(name, value);
    if (ownParameters.has(key)) continue;
    matching.push({ keyword: name, value });
    if (value === '') includeFields.add(fieldOf(name)); // universal matching asks for the value. @see PS3.4 C.2.2.2.3
  }
  const query: Query = {
    level,
    ...(uids.studyUid === undefined ? {} : { studyUid: uids.studyUid }),
    ...(uids.seriesUid === undefined ? {} : { seriesUid: uids.seriesUid }),
    matching,
    includeFields: includeFields.has('all') ? 'all' : [...includeFields],
    orderBy: orderOf(single.get('orderby') ?? ''),
    ...limitOf(wholeNumber('limit', single.get('limit')), uids),
    offset: offsetOf(wholeNumber('offset', single.get('offset')) ?? 0, { level, uids }),
    total: isTrue('includetotal', single.get('includetotal')),
    fuzzy: isTrue('fuzzymatching', single.get('fuzzymatching')),
  };
  return { query, ignored: ignoredParameters.filter((name) => isTrue(name, single.get(name))) };
}

/** Parameters of the standard that an origin server may leave out, if it says so. @see PS3.18 8.3.4.5, 8.3.4.6 */
const ignoredParameters = ['emptyvaluematching', 'multiplevaluematching'];
const ownParameters: ReadonlySet<string> = new Set([
  ...ignoredParameters,
  'limit',
  'offset',
  'fuzzymatching',
  'orderby',
  'includetotal',
]);

function limitOf(asked: number | undefined, { studyUid }: PathUids): { readonly limit?: number } {
  if (studyUid === undefined) return { limit: Math.min(limitCap, asked ?? defaultLimit) };
  return asked === undefined ? {} : { limit: asked };
}

function offsetOf(asked: number, { level, uids }: { readonly level: QueryLevel; readonly uids: PathUids }): number {
  if (level !== 'instance' || uids.studyUid !== undefined || asked <= deepestInstance) return asked;
  const reason = `The offset may be ${deepestInstance} at most in a search of all instances`;
  throw new BuckyError('invalid', `${reason}: search below a study, or match more closely`);
}

/** Names each step of a path into Sequences: by keyword where that says which Attribute it is. @see PS3.18 8.3.4.1 */
function pathFor(key: string): string {
  return key.split('.').map(nameOf).join('.');
}

/** A private Attribute keeps its digits, and so does one of a repeating group, whose keyword stands for the first. */
function nameOf(text: string): string {
  const tag = parseTag(text);
  const keyword = keywordOf(tag);
  return keyword !== undefined && tagOf(keyword) === tag ? keyword : tagText(tag);
}

/** Of a path into a Sequence the Sequence is returned whole. */
function fieldOf(text: string): string {
  return text === 'all' ? text : nameOf(text.split('.')[0] ?? '');
}

function orderOf(text: string): Query['orderBy'] {
  const keys = text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  return keys.map((key) => {
    const descending = key.startsWith('-');
    return { keyword: nameOf(descending ? key.slice(1) : key), descending };
  });
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new BuckyError('invalid', `The ${name} must be a whole number from 0`);
  return Number(text);
}

function isTrue(name: string, text = 'false'): boolean {
  if (text !== 'true' && text !== 'false') throw new BuckyError('invalid', `The ${name} must be true or false`);
  return text === 'true';
}

function withRetrieveUrl(
  result: DicomJsonObject,
  root: string,
  { level, uids }: { readonly level: QueryLevel; readonly uids: PathUids },
): DicomJsonObject {
  const studyUid = uidOf(result, '0020000D') ?? uids.studyUid;
  const seriesUid = level === 'study' ? undefined : (uidOf(result, '0020000E') ?? uids.seriesUid);
  const instanceUid = level === 'instance' ? uidOf(result, '00080018') : undefined;
  const url = retrieveUrl(root, {
    ...(studyUid === undefined ? {} : { studyUid }),
    ...(seriesUid === undefined ? {} : { seriesUid }),
    ...(instanceUid === undefined ? {} : { instanceUid }),
  });
  const whole: DicomJsonObject = { ...result, '00081190': { vr: 'UR', Value: [url] } };
  const inOrder = Object.entries(whole).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(inOrder);
}

function uidOf(result: DicomJsonObject, tag: string): Uid | undefined {
  const value = result[tag]?.Value?.[0];
  return typeof value === 'string' && isUid(value) ? value : undefined;
}
