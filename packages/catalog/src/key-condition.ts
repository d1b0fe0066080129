import { sql } from 'kysely';
import { and, combinedCondition, condition, likeAny, listedHint, trigramStudies, type Condition } from './condition.js';
import type { Match } from './matching.js';
import type { QueryLevel } from './query.js';
import type { ColumnKey, SearchKeys } from './search-keys.js';

/** A selection of rows of one level, by `id`, that an index answers. */
export interface Selection {
  readonly level: QueryLevel;
  readonly select: Condition;
}

/** What a key asks in SQL. */
export interface KeyCondition {
  /** Level of the rows that are asked about, which is the query's or above. */
  readonly level: QueryLevel;
  /** Whether one row matches. */
  readonly filter: Condition;
  /** All that match, and perhaps more. */
  readonly selection?: Selection;
}

/** How deep a level lies. */
export const depth: Readonly<Record<QueryLevel, number>> = { study: 0, series: 1, instance: 2 };

/** Says in SQL what the keys ask that columns answer. A Study matches by what is below it when any of its Series or Instances does. */
export function keyConditions(
  { wide, request }: Pick<SearchKeys, 'wide' | 'request'>,
  level: QueryLevel,
): KeyCondition[] {
  const found = wide.map((key) => lifted({ ...ownCondition(key) }, level));
  return request.length === 0 ? found : [...found, lifted(requestCondition(request), level)];
}

/** Says of columns without an index what one row must be. */
export function narrowConditions(keys: readonly ColumnKey[]): readonly Condition[] {
  return keys.map(filterOf);
}

function filterOf({ attribute, match, time }: ColumnKey): Condition {
  if (time === undefined || match.kind !== 'range') return condition(attribute, match);
  return combinedCondition({ attribute, range: match.range }, time);
}

function ownCondition(key: ColumnKey): Required<KeyCondition> {
  return { level: key.attribute.level, filter: filterOf(key), selection: selectionOf(key) };
}

const rows: Readonly<Record<QueryLevel, Condition>> = {
  study: sql`select s.id as id from studies s`,
  series: sql`select e.id as id from series e`,
  instance: sql`select i.id as id from instances i`,
};

function selectionOf(key: ColumnKey): Selection {
  const { attribute, match } = key;
  const { level } = attribute;
  if (attribute.keyword === 'ModalitiesInStudy' && match.kind !== 'range') {
    return { level, select: listedStudies(sql`study_modalities`, match) };
  }
  // A study knows its SOP Classes: no index over all instances is needed
  if (attribute.keyword === 'SOPClassesInStudy' || attribute.keyword === 'SOPClassUID') {
    return { level: 'study', select: listedStudies(sql`study_sop_classes`, match) };
  }
  const candidates = trigramStudies(attribute, match);
  if (candidates !== undefined) return { level, select: candidates };
  const hint = listedHint(attribute, match);
  const filter = condition(attribute, match);
  return { level, select: sql`${rows[level]} where ${hint === undefined ? filter : and([hint, filter])}` };
}

function listedStudies(table: Condition, match: Match): Condition {
  return sql`select distinct v.study as id from ${table} v where ${plainCondition(sql`v.value`, match)}`;
}

/** Matches a text that is neither folded nor a list. */
function plainCondition(text: Condition, match: Match): Condition {
  if (match.kind === 'values') return sql`${text} in (${sql.join(match.values)})`;
  if (match.kind === 'anyWildcard') return likeAny(text, match.patterns);
  throw new TypeError('A code, an identifier or a UID matches by value or wildcard');
}

/** One item must match all that is asked of it. @see PS3.4 C.2.2.2.6 */
function requestCondition(request: SearchKeys['request']): Required<KeyCondition> {
  const item = and(request.map(({ column, match }) => plainCondition(sql.ref(`r.${column}`), match)));
  return {
    level: 'series',
    filter: sql`exists (select 1 from series_requests r where r.series = e.id and ${item})`,
    selection: { level: 'series', select: sql`select distinct r.series as id from series_requests r where ${item}` },
  };
}

/** Leads from rows below to those that a query is for: which exist, and which they belong to. */
const lifts: Readonly<Record<string, readonly [exists: Condition, belongs: Condition]>> = {
  'series study': [
    sql`series e indexed by series_in_order where e.study = s.id`,
    sql`select distinct e.study as id from below b cross join series e on e.id = b.id`,
  ],
  'instance study': [
    sql`series e indexed by series_in_order cross join instances i indexed by instances_in_order
      on i.series = e.id where e.study = s.id`,
    sql`select distinct e.study as id from below b cross join instances i on i.id = b.id cross join series e on e.id = i.series`,
  ],
  'instance series': [
    sql`instances i indexed by instances_in_order where i.series = e.id`,
    sql`select distinct i.series as id from below b cross join instances i on i.id = b.id`,
  ],
};

function lifted({ level, filter, selection }: Required<KeyCondition>, to: QueryLevel): KeyCondition {
  const [exists] = lifts[`${level} ${to}`] ?? [];
  const [, belongs] = lifts[`${selection.level} ${to}`] ?? [];
  return {
    level: exists === undefined ? level : to,
    filter: exists === undefined ? filter : sql`exists (select 1 from ${exists} and ${filter})`,
    selection:
      belongs === undefined ? selection : { level: to, select: sql`with below as (${selection.select}) ${belongs}` },
  };
}
