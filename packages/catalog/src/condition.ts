import type { Scope, TextRange } from '@bucky/dicom';
import { sql, type RawBuilder } from 'kysely';
import type { Match } from './matching.js';
import type { QueryLevel } from './query.js';
import type { SearchableAttribute } from './searchable.js';

/** A piece of SQL with its parameters bound. */
export type Condition = RawBuilder<unknown>;

/** Names of the three tables in a search. */
export const tableOf: Readonly<Record<QueryLevel, string>> = { study: 's', series: 'e', instance: 'i' };

/** Refers to an Attribute's column. */
export function columnRef({ level, column }: SearchableAttribute): Condition {
  return sql.ref(`${tableOf[level]}.${column}`);
}

function matchRef({ level, column, matchColumn }: SearchableAttribute): Condition {
  return sql.ref(`${tableOf[level]}.${matchColumn ?? column}`);
}

/** Selects the Studies that a request may touch; undefined when it may touch all. */
export function scopeStudies(scope: Scope): Condition | undefined {
  if (scope.kind === 'everything') return undefined;
  return sql`select s.id from studies s
    where s.study_instance_uid in (select value from json_each(${JSON.stringify(scope.studyUids)}))`;
}

/** Restricts a search to what a request may touch. */
export function scopeCondition(scope: Scope): Condition | undefined {
  if (scope.kind === 'everything') return undefined;
  return sql`s.study_instance_uid in (select value from json_each(${JSON.stringify(scope.studyUids)}))`;
}

/** Says in SQL what a match means, of one row. @see PS3.4 C.2.2.2 */
export function condition(attribute: SearchableAttribute, match: Match): Condition {
  const column = columnRef(attribute);
  const isList = attribute.multiple || attribute.matchColumn !== undefined;
  switch (match.kind) {
    case 'values': {
      const values = sql.join(match.values);
      if (!attribute.multiple) return sql`${column} in (${values})`;
      return sql`exists (select 1 from json_each(${column}) where value in (${values}))`;
    }
    case 'wildcard':
      return and(match.patterns.map((pattern) => (isList ? listedLike(attribute, [pattern]) : like(column, pattern))));
    case 'anyWildcard':
      return isList ? listedLike(attribute, match.patterns) : likeAny(column, match.patterns);
    case 'words':
      return and(match.words.map((word) => wordCondition(attribute, word)));
    case 'range':
      return rangeCondition(attribute, match);
  }
}

/** Matches a date and a time as one point, when both were asked as ranges. @see PS3.4 C.2.2.2.5 */
export function combinedCondition(
  date: { readonly attribute: SearchableAttribute; readonly range: TextRange },
  time: { readonly attribute: SearchableAttribute; readonly range: TextRange },
): Condition {
  const [day, clock] = [columnRef(date.attribute), paddedTime(time.attribute)];
  return sql`(${day} between ${date.range.from} and ${date.range.to}
    and ${day} || ${clock} between ${date.range.from + time.range.from} and ${date.range.to + time.range.to})`;
}

/** Joins conditions, none of which is left out. */
export function and(conditions: readonly Condition[]): Condition {
  return conditions.length === 0 ? sql`1` : sql.join(conditions, sql` and `);
}

/** Matches a text that is none of a list with one of several patterns. */
export function likeAny(text: Condition, patterns: readonly string[]): Condition {
  return sql`(${sql.join(
    patterns.map((pattern) => like(text, pattern)),
    sql` or `,
  )})`;
}

/** Requires of a JSON array, as text, what a match in it cannot be without: cheaper than to take the array apart. */
export function listedHint(attribute: SearchableAttribute, match: Match): Condition | undefined {
  if (match.kind === 'range' || (match.kind === 'values' && !attribute.multiple)) return undefined;
  if (attribute.matchColumn === undefined && !attribute.multiple) return undefined;
  const runs = runsOf(match);
  const values = match.kind === 'values' ? columnRef(attribute) : matchRef(attribute);
  if (runs.length === 0) return undefined;
  return and(runs.map((run) => sql`${values} like ${`%${escapeLike(JSON.stringify(run).slice(1, -1))}%`} escape '\\'`));
}

/**
 * Asks the trigram index of Studies; undefined when what is asked is too short for a trigram. It finds candidates only:
 * where the runs stand is verified afterwards.
 */
export function trigramStudies({ column, indexed }: SearchableAttribute, match: Match): Condition | undefined {
  // A single value is matched as it is written, not folded as the index is; its column has an index of its own.
  if (!indexed || match.kind === 'values') return undefined;
  const runs = runsOf(match).filter((run) => Array.from(run).length >= 3);
  if (runs.length === 0) return undefined;
  const query = `${column} : (${runs.map((run) => `"${run.replaceAll('"', '""')}"`).join(' AND ')})`;
  return sql`select rowid as id from study_text where study_text match ${query}`;
}

/** Lists runs of text that must stand in whatever matches. */
function runsOf(match: Match): readonly string[] {
  if (match.kind === 'words') return match.words;
  if (match.kind === 'range') return [];
  const patterns = match.kind === 'values' ? match.values.map(String) : match.patterns;
  if (match.kind !== 'wildcard' && patterns.length > 1) return [];
  return patterns
    .flatMap((pattern) => (match.kind === 'values' ? [pattern] : pattern.split(/[*?]/)))
    .filter((run) => run !== '');
}

function rangeCondition(
  attribute: SearchableAttribute,
  { range: { from, to }, isInstant }: Extract<Match, { kind: 'range' }>,
): Condition {
  if (attribute.vr === 'TM') {
    return sql`(${columnRef(attribute)} <> '' and ${paddedTime(attribute)} between ${from} and ${to})`;
  }
  if (attribute.vr !== 'DT') return sql`${columnRef(attribute)} between ${from} and ${to}`;
  // civil time (21), '/' (1), instant (21)
  const value = isInstant ? sql`substr(${matchRef(attribute)}, 23)` : sql`substr(${matchRef(attribute)}, 1, 21)`;
  return sql`(length(${matchRef(attribute)}) = 43 and ${value} between ${from} and ${to})`;
}

/** A time of less precision is taken as its first moment: `10` as `100000.000000`. */
function paddedTime(attribute: SearchableAttribute): Condition {
  const column = columnRef(attribute);
  return sql`${column} || substr('000000.000000', length(${column}) + 1)`;
}

function listedLike(attribute: SearchableAttribute, patterns: readonly string[]): Condition {
  return sql`exists (select 1 from json_each(${matchRef(attribute)}) where ${likeAny(sql`value`, patterns)})`;
}

/** A word begins a component, or stands behind a space or hyphen in one. */
function wordCondition(attribute: SearchableAttribute, word: string): Condition {
  return sql`exists (select 1 from json_each(${matchRef(attribute)})
    where ' ' || replace(replace(value, '^', ' '), '-', ' ') like ${`% ${escapeLike(word)}%`} escape '\\')`;
}

function like(text: Condition, pattern: string): Condition {
  const likePattern = escapeLike(pattern).replace(/\*+/g, '%').replaceAll('?', '_');
  return sql`${text} like ${likePattern} escape '\\'`;
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
