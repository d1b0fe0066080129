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

/** Restricts a search to what a request may touch. */
export function scopeCondition(scope: Scope): Condition | undefined {
  if (scope.kind === 'everything') return undefined;
  return sql`s.study_instance_uid in (select value from json_each(${JSON.stringify(scope.studyUids)}))`;
}

/** Says in SQL what a match means. @see PS3.4 C.2.2.2 */
export function condition(attribute: SearchableAttribute, match: Match): Condition {
  switch (match.kind) {
    case 'values': {
      const values = sql.join(match.values);
      if (!attribute.multiple) return sql`${columnRef(attribute)} in (${values})`;
      return sql`exists (select 1 from json_each(${columnRef(attribute)}) where value in (${values}))`;
    }
    case 'wildcard':
      return and(match.patterns.map((pattern) => wildcardCondition(attribute, pattern)));
    case 'range':
      return rangeCondition(attribute, match.range);
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

function rangeCondition(attribute: SearchableAttribute, { from, to }: TextRange): Condition {
  const value = attribute.vr === 'TM' ? paddedTime(attribute) : matchRef(attribute);
  const within = sql`${value} between ${from} and ${to}`;
  return attribute.vr === 'TM' ? sql`(${columnRef(attribute)} <> '' and ${within})` : within;
}

/** A time of less precision is taken as its first moment: `10` as `100000.000000`. */
function paddedTime(attribute: SearchableAttribute): Condition {
  const column = columnRef(attribute);
  return sql`${column} || substr('000000.000000', length(${column}) + 1)`;
}

function wildcardCondition(attribute: SearchableAttribute, pattern: string): Condition {
  const like = likePattern(pattern);
  const values = matchRef(attribute);
  if (attribute.matchColumn === undefined && !attribute.multiple) return sql`${values} like ${like} escape '\\'`;
  const verified = sql`exists (select 1 from json_each(${values}) where value like ${like} escape '\\')`;
  const indexed = attribute.indexed ? indexQuery(attribute, pattern) : undefined;
  if (indexed === undefined) return verified;
  return sql`(s.id in (select rowid from study_text where study_text match ${indexed}) and ${verified})`;
}

function likePattern(pattern: string): string {
  return pattern
    .replace(/[\\%_]/g, '\\$&')
    .replace(/\*+/g, '%')
    .replaceAll('?', '_');
}

/**
 * Asks the trigram index for the runs of a pattern between its wildcards; undefined when each is too short for a
 * trigram. It finds candidates only: where the runs stand is verified afterwards.
 */
function indexQuery({ column }: SearchableAttribute, pattern: string): string | undefined {
  const runs = pattern.split(/[*?]/).filter((run) => Array.from(run).length >= 3);
  if (runs.length === 0) return undefined;
  return `${column} : (${runs.map((run) => `"${run.replaceAll('"', '""')}"`).join(' AND ')})`;
}
