import { BuckyError, keywordOf, parseTag, type Scope } from '@bucky/dicom';
import { DummyDriver, Kysely, sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { SqlValue } from '@bucky/sqlite';
import { and, columnRef, scopeCondition, scopeStudies, tableOf, type Condition } from './condition.js';
import { depth, keyConditions, narrowConditions, type KeyCondition, type Selection } from './key-condition.js';
import type { Query, QueryLevel } from './query.js';
import { readKeys } from './search-keys.js';
import { searchableAttribute, searchableAttributes, type SearchableAttribute } from './searchable.js';

/** A statement and its parameters. */
export interface CompiledSearch {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** Compiles only: it never connects. */
const compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

/** A query in SQL: what its rows must be, and by what they can be found. */
export interface SearchPlan {
  readonly query: Query;
  /** Level of the rows that are looked for: the query's, or instances whose metadata has to be looked into. */
  readonly rows: QueryLevel;
  readonly filters: readonly KeyCondition[];
  /** Selections by an index, of which the one that finds least is to begin with. */
  readonly selections: readonly Selection[];
}

/** Plans the search for a query's rows by its columns. Throws `invalid`. */
export function planSearch(query: Query, scope: Scope): SearchPlan {
  const { level, studyUid, seriesUid } = query;
  const keys = readKeys(query);
  const isNarrow = needsMetadata(query);
  const filters: KeyCondition[] = keyConditions(keys, level);
  const selections = filters.map(({ selection }) => selection).filter((one) => one !== undefined);
  const allowed = scopeCondition(scope);
  const studies = scopeStudies(scope);
  if (allowed !== undefined) filters.push({ level: 'study', filter: allowed });
  if (studies !== undefined) selections.push({ level: 'study', select: studies });
  if (studyUid !== undefined) filters.push({ level: 'study', filter: sql`s.study_instance_uid = ${studyUid}` });
  if (seriesUid !== undefined) filters.push({ level: 'series', filter: sql`e.series_instance_uid = ${seriesUid}` });
  if (!isNarrow) for (const filter of narrowConditions(keys.narrow)) filters.push({ level: 'instance', filter });
  // A path leads to its study by itself
  return { query, rows: isNarrow ? 'instance' : level, filters, selections: studyUid === undefined ? selections : [] };
}

/** Tells whether a query asks for what no column answers, or none with an index while no study is named. Throws `invalid`. */
export function needsMetadata(query: Query): boolean {
  const { groups, narrow } = readKeys(query);
  if (groups.length > 0) return true;
  const ordered = query.orderBy.some(({ keyword }) => searchableAttribute(keyword)?.orderIndex === undefined);
  if (narrow.length === 0 && !ordered) return false;
  return query.level !== 'instance' || query.studyUid === undefined;
}

/** How what is below is reached, whatever else is asked of it: by the index that has it in order. */
const seriesBelow = sql`cross join series e indexed by series_in_order on e.study = s.id`;
const seriesOfPath = sql`cross join series e indexed by sqlite_autoindex_series_1 on e.study = s.id`;
const instancesBelow = sql`cross join instances i indexed by instances_in_order on i.series = e.id`;

/** Where a statement begins. */
type Begin =
  /** With rows that a selection finds. */
  | Selection
  /** With an index that is walked from its beginning to its end. */
  | { readonly level: QueryLevel; readonly index: string }
  /** With the study of the path. */
  | { readonly level: 'study'; readonly namesSeries: boolean };

const tableNames: Readonly<Record<QueryLevel, string>> = { study: 'studies', series: 'series', instance: 'instances' };

function from(begin: Begin, rows: QueryLevel): Condition {
  const table = sql`${sql.table(tableNames[begin.level])} ${sql.ref(tableOf[begin.level])}`;
  let first: Condition = table;
  if ('select' in begin) first = sql`(${begin.select}) k cross join ${table} on ${idOf[begin.level]} = k.id`;
  if ('index' in begin) first = sql`${table} indexed by ${sql.ref(begin.index)}`;
  switch (begin.level) {
    case 'study': {
      const series = 'namesSeries' in begin && begin.namesSeries ? seriesOfPath : seriesBelow;
      return sql`${first} ${rows === 'study' ? sql`` : series} ${rows === 'instance' ? instancesBelow : sql``}`;
    }
    case 'series':
      return sql`${first} cross join studies s on s.id = e.study ${rows === 'instance' ? instancesBelow : sql``}`;
    case 'instance':
      return sql`${first} cross join series e on e.id = i.series cross join studies s on s.id = e.study`;
  }
}

/** The column by which a level's rows are known. */
const idOf: Readonly<Record<QueryLevel, Condition>> = { study: sql`s.id`, series: sql`e.id`, instance: sql`i.id` };

/** Compiles the count of a selection, no further than `few` and one. */
export function compileProbe({ select }: Selection, few: number): CompiledSearch {
  return compiled(sql`select count(*) as count from (select 1 from (${select}) limit ${few + 1})`);
}

/**
 * Compiles the search for the ids of what matches, one more than `limit`, so that one sees whether there are more. It
 * begins with a selection, or else walks an index in the order asked for, of whose entries alone an offset takes count.
 */
export function compileIds(
  { query, rows, filters }: SearchPlan,
  { selection, limit, offset }: { readonly selection?: Selection; readonly limit?: number; readonly offset: number },
): CompiledSearch {
  const columns = rows === query.level ? sql`` : sql`, ${idOf[rows]} as instance`;
  return compiled(sql`select ${idOf[query.level]} as id ${columns} from ${from(selection ?? firstOrdered(query), rows)}
    where ${and(filters.map(({ filter }) => filter))}
    order by ${sql.join(ordering(query, rows))} limit ${limit === undefined ? -1 : limit + 1} offset ${offset}`);
}

/** Compiles the count of what matches and is selected, no further than `few` and one. */
export function compileCandidates(
  { query, rows, filters }: SearchPlan,
  selection: Selection | undefined,
  few: number,
): CompiledSearch {
  const tables = from(selection ?? newest(query), rows);
  return compiled(sql`select count(*) as count from
    (select 1 from ${tables} where ${and(filters.map(({ filter }) => filter))} limit ${few + 1})`);
}

/** Columns that count what belongs to a Study or Series, so that what is below need not be looked at. */
const countedBelow: Readonly<Record<string, Condition>> = {
  'study series': sql`s.number_of_study_related_series`,
  'study instance': sql`s.number_of_study_related_instances`,
  'series instance': sql`e.number_of_series_related_instances`,
};

/** Compiles the count of all that match, at the highest level whose rows tell. */
export function compileCount({ query, rows, filters }: SearchPlan, selection: Selection | undefined): CompiledSearch {
  const begin = selection ?? newest(query);
  const used = [begin.level, ...filters.map(({ level }) => level)];
  const level = (['instance', 'series'] as const).find((one) => used.includes(one)) ?? 'study';
  const counted = countedBelow[`${level} ${rows}`];
  const total = counted === undefined ? sql`count(*)` : sql`ifnull(sum(${counted}), 0)`;
  return compiled(sql`select ${total} as count from ${from(begin, level)}
    where ${and(filters.map(({ filter }) => filter))}`);
}

/** How the rows of a level are read with those above them. */
const rowsOf: Readonly<Record<QueryLevel, Condition>> = {
  study: sql`cross join studies s on s.id = j.value`,
  series: sql`cross join series e on e.id = j.value cross join studies s on s.id = e.study`,
  instance: sql`cross join instances i on i.id = j.value cross join series e on e.id = i.series
    cross join studies s on s.id = e.study`,
};

/** Compiles the reading of rows by their ids, in no order. */
export function compileRows(
  { level }: Query,
  attributes: readonly SearchableAttribute[],
  ids: Float64Array,
): CompiledSearch {
  const columns = attributes.map((attribute) => sql`${columnRef(attribute)} as ${sql.ref(attribute.keyword)}`);
  const list = JSON.stringify(Array.from(ids));
  return compiled(sql`select ${idOf[level]} as id, ${sql.join(columns)} from json_each(${list}) j ${rowsOf[level]}`);
}

function compiled(statement: Condition): CompiledSearch {
  const { sql: text, parameters } = statement.compile(compiler);
  return { sql: text, parameters: parameters as readonly SqlValue[] };
}

/** Lists the Attributes that a search returns: those required, and those asked for that have a column. Throws `invalid`. */
export function returnedAttributes({ level, studyUid, seriesUid, includeFields }: Query): SearchableAttribute[] {
  const wanted = new Set(includeFields === 'all' ? [] : includeFields.map(parseTag));
  // What the path already names is returned on demand only
  const named = { study: studyUid !== undefined, series: seriesUid !== undefined, instance: false };
  return searchableAttributes.filter((attribute) => {
    if (depth[attribute.level] > depth[level]) return false;
    if (includeFields === 'all' || wanted.has(attribute.tag)) return true;
    return attribute.required && (attribute.always || !named[attribute.level]);
  });
}

/** What makes the order total, from the study down: newest study first, then by number. */
const order: Readonly<Record<QueryLevel, readonly { readonly keyword: string; readonly by: Condition }[]>> = {
  study: [
    { keyword: 'StudyDate', by: sql`s.study_date desc` },
    { keyword: 'StudyTime', by: sql`s.study_time desc` },
    { keyword: 'StudyInstanceUID', by: sql`s.study_instance_uid` },
  ],
  series: [
    { keyword: 'SeriesNumber', by: sql`e.series_order` },
    { keyword: 'SeriesInstanceUID', by: sql`e.series_instance_uid` },
  ],
  instance: [
    { keyword: 'InstanceNumber', by: sql`i.instance_order` },
    { keyword: 'SOPInstanceUID', by: sql`i.sop_instance_uid` },
  ],
};

function ordering({ level, orderBy }: Query, rows: QueryLevel): readonly Condition[] {
  const asked = orderBy.map(({ keyword, descending }) => {
    const attribute = ordered(keyword, level);
    const column = columnRef(attribute.vr === 'PN' ? folded(attribute) : attribute);
    return descending ? sql`${column} desc` : column;
  });
  const keywords = new Set(orderBy.map(({ keyword }) => keyword));
  const levels = (['study', 'series', 'instance'] as const).filter((one) => depth[one] <= depth[rows]);
  const left = levels.flatMap((one) => order[one]).filter(({ keyword }) => !keywords.has(keyword));
  return [...asked, ...left.map(({ by }) => by)];
}

function newest({ studyUid, seriesUid }: Query): Begin {
  if (studyUid === undefined) return { level: 'study', index: 'studies_newest' };
  return { level: 'study', namesSeries: seriesUid !== undefined };
}

/** Begins with the index of what results are ordered by first; where that has none, few have to be sorted. */
function firstOrdered(query: Query): Begin {
  const [first] = query.orderBy;
  if (first === undefined || query.studyUid !== undefined) return newest(query);
  const { level, orderIndex } = ordered(first.keyword, query.level);
  return orderIndex === undefined ? newest(query) : { level, index: orderIndex };
}

/** Finds the Attribute that results of a level may be ordered by. */
function ordered(keyword: string, level: QueryLevel): SearchableAttribute {
  const attribute = searchableAttribute(keyword);
  const shown = keywordOf(parseTag(keyword)) ?? 'a private Attribute';
  if (attribute === undefined || attribute.vr === 'SQ') {
    throw new BuckyError('invalid', `Cannot order by ${shown}: it is not searchable`);
  }
  if (depth[attribute.level] > depth[level]) {
    throw new BuckyError('invalid', `Cannot order by ${shown}: it belongs to a level below the one searched`);
  }
  return attribute;
}

function folded(attribute: SearchableAttribute): SearchableAttribute {
  return { ...attribute, column: attribute.matchColumn ?? attribute.column };
}
