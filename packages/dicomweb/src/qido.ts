import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { search, type DicomJsonObject, type MatchingKey, type Query, type QueryLevel } from '@bucky/archive';
import { BuckyError, isUid, keywordOf, parseTag, tagText, type Uid } from '@bucky/dicom';
import { acceptOf, choose, codingOf } from './accept.js';
import { cacheControl, vary } from './conditional.js';
import { pathUids, queryPairs, retrieveUrl, type Exchange, type PathUids } from './exchange.js';

const compress = promisify<Uint8Array, { level: number }, Buffer>(gzip);

/** Results without a limit in the request. */
const defaultLimit = 1000;
/** Results of one answer, whatever the request says. */
const limitCap = 10_000;
/** An answer shorter than this is not worth the time to compress it. */
const compressedFrom = 1024;

const jsonOffers = [{ name: 'application/dicom+json' }, { name: 'application/json' }];

/** Warnings of the standard's own wording. @see PS3.18 8.3.4.2, 10.6.3.3 */
const cutOff = '299 bucky "There are more results than were sent. Additional results can be requested"';
const notFuzzy = '299 bucky "The fuzzymatching parameter is not supported. Only literal matching has been performed"';

/** What a search asks, and how. */
export interface SearchRequest {
  readonly query: Query;
  readonly fuzzy: boolean;
}

/** Makes the handler of a search at one level. @see PS3.18 10.6 */
export function searchAt(level: QueryLevel): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const { archive, root, scope, req, res } = exchange;
    const { offer } = choose(acceptOf(req), jsonOffers);
    const uids = pathUids(exchange);
    const { query, fuzzy } = parseSearch(req.url, { level, uids });
    const { results, more } = await search(archive, query, scope);
    const warnings = [...(more ? [cutOff] : []), ...(fuzzy ? [notFuzzy] : [])];
    if (warnings.length > 0) res.setHeader('Warning', warnings);
    if (results.length === 0) {
      res.writeHead(204, { 'Cache-Control': cacheControl, Vary: vary }).end();
      return;
    }
    const rows = results.map((result) => withRetrieveUrl(result, root, { level, uids }));
    const body = Buffer.from(JSON.stringify(rows));
    const zipped = body.length > compressedFrom && codingOf(req.get('Accept-Encoding')) === 'gzip';
    const sent = zipped ? await compress(body, { level: 1 }) : body;
    res.writeHead(200, {
      'Content-Type': offer.name,
      'Content-Length': sent.length,
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
      'Cache-Control': cacheControl,
      Vary: vary,
    });
    res.end(req.method === 'HEAD' ? undefined : sent);
  };
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
    const name = ownParameters.has(key) ? key : keywordFor(key);
    if (single.has(name)) throw new BuckyError('invalid', `There may be one ${name}`);
    single.set(name, value);
    if (ownParameters.has(key)) continue;
    matching.push({ keyword: name, value });
    if (value === '') includeFields.add(name); // universal matching asks for the value. @see PS3.4 C.2.2.2.3
  }
  const query: Query = {
    level,
    ...(uids.studyUid === undefined ? {} : { studyUid: uids.studyUid }),
    ...(uids.seriesUid === undefined ? {} : { seriesUid: uids.seriesUid }),
    matching,
    includeFields: includeFields.has('all') ? 'all' : [...includeFields],
    orderBy: orderOf(single.get('orderby') ?? ''),
    limit: Math.min(limitCap, wholeNumber('limit', single.get('limit')) ?? defaultLimit),
    offset: wholeNumber('offset', single.get('offset')) ?? 0,
  };
  return { query, fuzzy: isFuzzy(single.get('fuzzymatching')) };
}

const ownParameters: ReadonlySet<string> = new Set(['limit', 'offset', 'fuzzymatching', 'orderby']);

function keywordFor(key: string): string {
  const keyword = keywordOf(parseTag(key));
  if (keyword === undefined) throw new BuckyError('invalid', `Cannot match ${key}: it is no Attribute of the standard`);
  return keyword;
}

/** A private Attribute keeps its digits; of a path into a Sequence the Sequence is returned whole. */
function fieldOf(text: string): string {
  if (text === 'all') return text;
  const tag = parseTag(text.split('.')[0] ?? '');
  return keywordOf(tag) ?? tagText(tag);
}

function orderOf(text: string): Query['orderBy'] {
  const keys = text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  return keys.map((key) => {
    const descending = key.startsWith('-');
    return { keyword: keywordFor(descending ? key.slice(1) : key), descending };
  });
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new BuckyError('invalid', `The ${name} must be a whole number from 0`);
  return Number(text);
}

function isFuzzy(text = 'false'): boolean {
  if (text !== 'true' && text !== 'false') throw new BuckyError('invalid', 'The fuzzymatching must be true or false');
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
