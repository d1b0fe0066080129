import { BuckyError, keywordOf, parseTag, tag, tagText, type Scope, type Tag } from '@bucky/dicom';
import type { Database, Row, SqlValue } from '@bucky/sqlite';
import { dicomJsonRow, type ShownAttribute } from './dicom-json-row.js';
import type { Selection } from './key-condition.js';
import { metadataTest } from './metadata-match.js';
import type { DicomJsonObject, Query, QueryLevel } from './query.js';
import { inflateMetadata, readMetadata } from './read-metadata.js';
import { resultsAtOnce } from './run-search.js';
import { metadataGroups, narrowNames, wideKeywords } from './search-keys.js';
import {
  compileCandidates,
  compileCount,
  compileIds,
  compileProbe,
  compileRows,
  planSearch,
  returnedAttributes,
  type SearchPlan,
} from './search-sql.js';
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

/** Columns and inflated metadata that one batch of results is made of; a single Instance may have more. */
const bytesOfBatch = 4 * 1024 * 1024;

/** A selection that finds fewer rows than this is read whole and sorted; with more, matches are frequent, and a walk in order soon meets enough. */
const fewRows = 3000;

/** Instances whose metadata one search may look into. */
export const mostCandidates = 10_000;

/** Finds what matches by columns. @see PS3.4 C.2.2.2, PS3.18 10.6 */
export function matches(database: Database, query: Query, scope: Scope): Matches {
  const { limit = Infinity, offset } = query;
  const plan = planSearch(query, scope);
  const selection = leastSelection(database, plan, fewRows);
  const { sql, parameters } = compileIds(plan, { ...query, ...(selection === undefined ? {} : { selection }) });
  const found: number[] = [];
  for (const { id } of database.iterate(sql, ...parameters)) found.push(Number(id));
  const more = found.length > limit;
  const ids = Float64Array.from(more ? found.slice(0, limit) : found);
  const first = results(database, query, ids.subarray(0, resultsAtOnce));
  if (query.total !== true) return { ids, more, first };
  const known = !more && (ids.length > 0 || offset === 0);
  return { ids, more, first, total: known ? offset + ids.length : count(database, plan) };
}

/** The Instances that columns leave for a look into their metadata, in order; and the rows that the query is for. */
export interface Candidates {
  readonly instances: Float64Array;
  readonly ids: Float64Array;
}

/** Finds Instances for a look into their metadata. Throws `invalid` when they are too many. */
export function candidates(database: Database, query: Query, scope: Scope): Candidates {
  const plan = planSearch(query, scope);
  const selection = leastSelection(database, plan, mostCandidates);
  const counted = compileCandidates(plan, selection, mostCandidates);
  if (Number(database.get(counted.sql, ...counted.parameters)?.['count']) > mostCandidates) throw tooMany(query);
  const { sql, parameters } = compileIds(plan, { offset: 0, ...(selection === undefined ? {} : { selection }) });
  const rows = database.all(sql, ...parameters);
  return {
    ids: Float64Array.from(rows, ({ id }) => Number(id)),
    instances: Float64Array.from(rows, ({ id, instance }) => Number(instance ?? id)),
  };
}

function tooMany(query: Query): BuckyError {
  const reason = `more than ${mostCandidates} instances would have to be looked into`;
  const remedy = `Name a study, or match also by some of ${wideKeywords.join(', ')}`;
  return new BuckyError('invalid', `Cannot search by ${narrowNames(query).join(', ')}: ${reason}. ${remedy}`);
}

/** Looks into the metadata of Instances: for each a bit for every group of keys that it matches. */
export function lookInto(database: Database, query: Query, instances: Float64Array): Uint32Array {
  const tests = metadataGroups(query).map(metadataTest);
  return Uint32Array.from(instances, (instance) => {
    const metadata = readMetadata(database, instance);
    return tests.reduce((bits, test, n) => (test(metadata) ? bits | (1 << n) : bits), 0);
  });
}

function count(database: Database, plan: SearchPlan): number {
  const { sql, parameters } = compileCount(plan, leastSelection(database, plan, Infinity));
  return Number(database.get(sql, ...parameters)?.['count']);
}

/** Finds the selection that begins with least, if that is no more than `few`. */
function leastSelection(database: Database, { selections }: SearchPlan, few: number): Selection | undefined {
  const bound = Math.min(few, 1_000_000);
  let least: { readonly selection: Selection; readonly count: number } | undefined;
  for (const selection of selections) {
    const { sql, parameters } = compileProbe(selection, bound);
    const found = Number(database.get(sql, ...parameters)?.['count']);
    if (found <= few && (least === undefined || found < least.count)) least = { selection, count: found };
  }
  return least?.selection;
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
    bytes += lengthOf(row);
    const json = dicomJsonRow({ ...row, InstanceAvailability: 'ONLINE' }, shown);
    if (further === undefined) {
      found.push(withCharacterSet(json, isPlain(Object.values(row))));
    } else {
      const { whole, size } = fromMetadata(database, { level: query.level, id: row['id'] ?? null }, further);
      bytes += size;
      found.push(
        withCharacterSet(byTag({ ...whole, ...json }), isPlain([JSON.stringify(whole), ...Object.values(row)])),
      );
    }
    if (bytes >= bytesOfBatch) return { results: found, taken: ids.indexOf(Number(row['id'])) + 1 };
  }
  return { results: found, taken: ids.length };
}

function lengthOf(row: Row): number {
  return Object.values(row).reduce((sum: number, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}

function inOrder(rows: readonly Row[], ids: Float64Array): readonly Row[] {
  const byId = new Map(rows.map((row) => [Number(row['id']), row]));
  return Array.from(ids, (id) => byId.get(id)).filter((row) => row !== undefined);
}

/** Which Attributes have to be taken from metadata: all, these, or undefined for none. */
function furtherTags({ level, includeFields }: Query): 'all' | ReadonlySet<string> | undefined {
  if (includeFields === 'all') return level === 'instance' ? 'all' : undefined;
  const tags = includeFields.map(parseTag).filter((one) => searchableAttribute(keywordOf(one) ?? '') === undefined);
  return tags.length > 0 ? new Set(tags.flatMap(withCreator).map(tagText)) : undefined;
}

/** A private Attribute is returned with the element that says whose it is. @see PS3.5 7.8.1, PS3.18 10.6.3.3 */
function withCreator(attribute: Tag): readonly Tag[] {
  const block = (attribute >>> 8) & 0xff;
  if ((attribute & 0x10000) === 0 || block < 0x10) return [attribute];
  return [tag(((attribute & 0xffff0000) | block) >>> 0), attribute];
}

/** An Instance's own metadata; of a Study or Series that of its first Instance in order. */
const metadataSql: Readonly<Record<QueryLevel, string>> = {
  study: `SELECT m.deflated FROM series e CROSS JOIN instances i ON i.series = e.id CROSS JOIN metadata m ON m.instance = i.id
    WHERE e.study = ? ORDER BY e.series_order, e.series_instance_uid, i.instance_order, i.sop_instance_uid LIMIT 1`,
  series: `SELECT m.deflated FROM instances i CROSS JOIN metadata m ON m.instance = i.id
    WHERE i.series = ? ORDER BY i.instance_order, i.sop_instance_uid LIMIT 1`,
  instance: 'SELECT deflated FROM metadata WHERE instance = ?',
};

function fromMetadata(
  database: Database,
  { level, id }: { readonly level: QueryLevel; readonly id: SqlValue },
  tags: 'all' | ReadonlySet<string>,
): { readonly whole: DicomJsonObject; readonly size: number } {
  const blob = database.get(metadataSql[level], id)?.['deflated'];
  if (!(blob instanceof Uint8Array)) return { whole: {}, size: 0 };
  const text = inflateMetadata(blob);
  const whole = JSON.parse(text) as DicomJsonObject; // written by us
  const wanted = tags === 'all' ? whole : Object.fromEntries(Object.entries(whole).filter(([tag]) => tags.has(tag)));
  return { whole: wanted, size: text.length };
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
