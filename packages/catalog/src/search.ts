import { constants, inflateRawSync } from 'node:zlib';
import { keywordOf, parseTag, tag, tagText, type Scope } from '@bucky/dicom';
import type { Database, Row, SqlValue } from '@bucky/sqlite';
import { dicomJsonRow, type ShownAttribute } from './dicom-json-row.js';
import type { DicomJsonObject, Query } from './query.js';
import { resultsAtOnce } from './run-search.js';
import { compileCount, compileIds, compileRows, returnedAttributes } from './search-sql.js';
import { searchableAttribute } from './searchable.js';

const specificCharacterSet = '00080005';

/** Has no column, since all there is lies in the vault at hand. @see PS3.3 C.4.23 */
const availability: ShownAttribute = {
  keyword: 'InstanceAvailability',
  tag: tag(0x00080056),
  vr: 'CS',
  multiple: false,
};

/** What matches a query: the rows of its level, by id, in order. Eight bytes each, so that even a large study is little. */
export interface Matches {
  readonly ids: Float64Array;
  readonly more: boolean;
  readonly total?: number;
  /** The first results, so that a search that finds little takes one call. */
  readonly first: Results;
}

/** Some results, and how many ids they were made of: fewer than were given when the batch became large. */
export interface Results {
  readonly results: readonly DicomJsonObject[];
  readonly taken: number;
}

/** Inflated metadata that one batch of results is made of; a single Instance may have more. */
const bytesOfBatch = 4 * 1024 * 1024;

/** Finds what matches. @see PS3.4 C.2.2.2, PS3.18 10.6 */
export function matches(database: Database, query: Query, scope: Scope): Matches {
  const { limit = Infinity, offset, total } = query;
  const { sql, parameters } = compileIds(query, scope);
  const found: number[] = [];
  for (const { id } of database.iterate(sql, ...parameters)) found.push(Number(id));
  const more = found.length > limit;
  const ids = Float64Array.from(more ? found.slice(0, limit) : found);
  const first = results(database, query, ids.subarray(0, resultsAtOnce));
  if (total !== true) return { ids, more, first };
  const known = !more && (ids.length > 0 || offset === 0);
  return { ids, more, first, total: known ? offset + ids.length : count(database, query, scope) };
}

function count(database: Database, query: Query, scope: Scope): number {
  const { sql, parameters } = compileCount(query, scope);
  return Number(database.get(sql, ...parameters)?.['count']);
}

/** Makes results of rows, in the order of their ids; one that has gone is left out. @see PS3.18 10.6.3.3 */
export function results(database: Database, query: Query, ids: Float64Array): Results {
  const further = furtherTags(query);
  const attributes = returnedAttributes(query);
  const { sql, parameters } = compileRows(query, attributes, ids);
  const shown = [...attributes, availability].sort((one, other) => one.tag - other.tag);
  const found: DicomJsonObject[] = [];
  let bytes = 0;
  for (const row of inOrder(database.all(sql, ...parameters), ids)) {
    const json = dicomJsonRow({ ...row, InstanceAvailability: 'ONLINE' }, shown);
    if (further === undefined) {
      found.push(withCharacterSet(json, isPlain(Object.values(row))));
      continue;
    }
    const { whole, size } = fromMetadata(database, row, further);
    bytes += size;
    found.push(withCharacterSet(byTag({ ...whole, ...json }), isPlain([JSON.stringify(whole), ...Object.values(row)])));
    if (bytes >= bytesOfBatch) return { results: found, taken: ids.indexOf(Number(row['id'])) + 1 };
  }
  return { results: found, taken: ids.length };
}

function inOrder(rows: readonly Row[], ids: Float64Array): readonly Row[] {
  const byId = new Map(rows.map((row) => [Number(row['id']), row]));
  return Array.from(ids, (id) => byId.get(id)).filter((row) => row !== undefined);
}

/**
 * Which Attributes have to be taken from the metadata: all, these, or undefined for none. Only an Instance has metadata;
 * what a Study or Series has no column for is not returned, as PS3.18 10.6.1.3 allows.
 */
function furtherTags({ level, includeFields }: Query): 'all' | readonly string[] | undefined {
  if (level !== 'instance' || includeFields === 'all') return level === 'instance' ? 'all' : undefined;
  const tags = includeFields.map(parseTag).filter((one) => searchableAttribute(keywordOf(one) ?? '') === undefined);
  return tags.length > 0 ? tags.map(tagText) : undefined;
}

function fromMetadata(
  database: Database,
  row: Row,
  tags: 'all' | readonly string[],
): { readonly whole: DicomJsonObject; readonly size: number } {
  const blob = database.get('SELECT deflated FROM metadata WHERE instance = ?', row['id'] ?? null)?.['deflated'];
  if (!(blob instanceof Uint8Array)) return { whole: {}, size: 0 };
  const bytes = inflateRawSync(blob, { finishFlush: constants.Z_SYNC_FLUSH });
  const whole = JSON.parse(bytes.toString('utf8')) as DicomJsonObject;
  const wanted =
    tags === 'all' ? whole : Object.fromEntries(Object.entries(whole).filter(([tag]) => tags.includes(tag)));
  return { whole: wanted, size: bytes.length };
}

function byTag(found: DicomJsonObject): DicomJsonObject {
  return Object.fromEntries(Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isPlain(values: readonly SqlValue[]): boolean {
  return values.every((value) => typeof value !== 'string' || !/[\u0080-\uffff]/.test(value));
}

/** Says that the text is UTF-8, as DICOM JSON is whatever the source was; not needed for plain ASCII. @see PS3.18 F.2 */
function withCharacterSet(found: DicomJsonObject, plain: boolean): DicomJsonObject {
  if (plain && found[specificCharacterSet] === undefined) return found;
  const result = { [specificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] } }; // first, as Tags are in order
  return { ...result, ...found, ...result };
}
