import { BuckyError, parseTag, type Scope } from '@bucky/dicom';
import { DummyDriver, Kysely, sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { SqlValue } from '@bucky/sqlite';
import { and, columnRef, combinedCondition, condition, scopeCondition, type Condition } from './condition.js';
import { parseMatch, type Match } from './matching.js';
import type { Query, QueryLevel } from './query.js';
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

const depth: Readonly<Record<QueryLevel, number>> = { study: 0, series: 1, instance: 2 };

/** A cross join has SQLite walk studies, series, instances in this order, all by index, and stop when the page is full. */
const tables: Readonly<Record<QueryLevel, Condition>> = {
  study: sql`studies s`,
  series: sql`studies s cross join series e on e.study = s.id`,
  instance: sql`studies s cross join series e on e.study = s.id cross join instances i on i.series = e.id`,
};

/** Leaves SQLite to begin with the series or the instance, when a UID tells which. */
const freeTables: Readonly<Record<QueryLevel, Condition>> = {
  study: tables.study,
  series: sql`studies s join series e on e.study = s.id`,
  instance: sql`studies s join series e on e.study = s.id join instances i on i.series = e.id`,
};

/** What makes the order total, from the study down: newest study first, then by number. */
const order: Readonly<Record<QueryLevel, readonly Condition[]>> = {
  study: [sql`s.study_date desc`, sql`s.study_time desc`, sql`s.study_instance_uid`],
  series: [sql`e.series_order`, sql`e.series_instance_uid`],
  instance: [sql`i.instance_order`, sql`i.sop_instance_uid`],
};

/** Date and time Attributes that are matched together when both are ranges. @see PS3.4 C.2.2.2.5 */
const timeOfDate: Readonly<Record<string, string>> = {
  StudyDate: 'StudyTime',
  SeriesDate: 'SeriesTime',
  PerformedProcedureStepStartDate: 'PerformedProcedureStepStartTime',
  AcquisitionDate: 'AcquisitionTime',
  ContentDate: 'ContentTime',
  InstanceCreationDate: 'InstanceCreationTime',
};

interface Key {
  readonly attribute: SearchableAttribute;
  readonly match: Match;
  /** Whether a range was written as one. */
  readonly isRange: boolean;
}

/** The column by which a level's rows are known. */
const idOf: Readonly<Record<QueryLevel, Condition>> = { study: sql`s.id`, series: sql`e.id`, instance: sql`i.id` };

/**
 * Compiles the search for the ids of what matches, one more than its limit, so that one sees whether there are more.
 * Ids alone come out of the indexes: what an offset leaves out costs no look at a row. Throws `invalid`.
 */
export function compileIds(query: Query, scope: Scope): CompiledSearch {
  const { level, limit, offset } = query;
  const namesUid = query.matching.some(
    ({ keyword }) => keyword === 'SeriesInstanceUID' || keyword === 'SOPInstanceUID',
  );
  const from = (namesUid ? freeTables : tables)[level];
  return compiled(sql`select ${idOf[level]} as id from ${from} where ${and(conditions(query, scope))}
    order by ${sql.join(ordering(query))} limit ${limit === undefined ? -1 : limit + 1} offset ${offset}`);
}

/** Columns that count what belongs to a Study or Series, so that what is below need not be looked at. */
const countedBelow: Readonly<Record<string, Condition>> = {
  'study series': sql`s.number_of_study_related_series`,
  'study instance': sql`s.number_of_study_related_instances`,
  'series instance': sql`e.number_of_series_related_instances`,
};

/** Compiles the count of all that match, at the highest level whose rows tell. Throws `invalid`. */
export function compileCount(query: Query, scope: Scope): CompiledSearch {
  const used: readonly QueryLevel[] = [
    ...query.matching.map(({ keyword }) => matchable(keyword, query.level).level),
    query.seriesUid === undefined ? 'study' : 'series',
  ];
  const level = (['instance', 'series'] as const).find((one) => used.includes(one)) ?? 'study';
  const counted = countedBelow[`${level} ${query.level}`];
  const total = counted === undefined ? sql`count(*)` : sql`ifnull(sum(${counted}), 0)`;
  return compiled(sql`select ${total} as count from ${freeTables[level]} where ${and(conditions(query, scope))}`);
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

function conditions(query: Query, scope: Scope): readonly Condition[] {
  const found: Condition[] = [];
  const allowed = scopeCondition(scope);
  if (allowed !== undefined) found.push(allowed);
  if (query.studyUid !== undefined) found.push(sql`s.study_instance_uid = ${query.studyUid}`);
  if (query.seriesUid !== undefined) found.push(sql`e.series_instance_uid = ${query.seriesUid}`);
  const keys = query.matching.flatMap(({ keyword, value }) => {
    const attribute = matchable(keyword, query.level);
    const match = parseMatch(attribute, value);
    return match === undefined ? [] : [{ attribute, match, isRange: value.includes('-') }];
  });
  return [...found, ...keyConditions(keys)];
}

function keyConditions(keys: readonly Key[]): readonly Condition[] {
  const combined = new Set<Key>();
  const found: Condition[] = [];
  for (const date of keys) {
    const time = keys.find(({ attribute }) => attribute.keyword === timeOfDate[date.attribute.keyword]);
    if (time === undefined || !date.isRange || !time.isRange) continue;
    if (date.match.kind !== 'range' || time.match.kind !== 'range') continue;
    combined.add(date).add(time);
    found.push(
      combinedCondition(
        { attribute: date.attribute, range: date.match.range },
        { attribute: time.attribute, range: time.match.range },
      ),
    );
  }
  return [
    ...found,
    ...keys.filter((key) => !combined.has(key)).map(({ attribute, match }) => condition(attribute, match)),
  ];
}

/** Finds the Attribute of a key that may be used at a level. */
function matchable(keyword: string, level: QueryLevel): SearchableAttribute {
  const attribute = searchableAttribute(keyword);
  const shown = /^\w{1,64}$/.test(keyword) ? keyword : 'an Attribute of that name';
  if (attribute === undefined) throw new BuckyError('invalid', `Cannot search by ${shown}: it is not searchable`);
  if (depth[attribute.level] > depth[level]) {
    throw new BuckyError('invalid', `Cannot search by ${keyword}: it belongs to a level below the one searched`);
  }
  return attribute;
}

function ordering({ level, orderBy }: Query): readonly Condition[] {
  const asked = orderBy.map(({ keyword, descending }) => {
    const attribute = matchable(keyword, level);
    const column = columnRef(attribute.vr === 'PN' ? folded(attribute) : attribute);
    return descending ? sql`${column} desc` : column;
  });
  const levels = (['study', 'series', 'instance'] as const).filter((one) => depth[one] <= depth[level]);
  return [...asked, ...levels.flatMap((one) => order[one])];
}

function folded(attribute: SearchableAttribute): SearchableAttribute {
  return { ...attribute, column: attribute.matchColumn ?? attribute.column };
}
