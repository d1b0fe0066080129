import type { Row, SqlValue } from '@bucky/sqlite';
import { columnValue, matchValue } from './column-values.js';
import { attributesOf, type SearchableAttribute, type SearchableValues } from './searchable.js';

/** Attributes of a level that come from the Data Set. */
export const gatheredAttributes = {
  study: attributesOf('study').filter(({ kept }) => !kept),
  series: attributesOf('series').filter(({ kept }) => !kept),
};

/** A row of `studies` or `series` in memory, and which receipt each of its values is from. */
export interface Kept {
  readonly id: number;
  readonly row: Map<string, SqlValue>;
  readonly origins: Map<string, string>;
}

/** Makes a row kept in memory of what was read. */
export function keptOf(id: number, found: Row): Kept {
  return { id, row: new Map(Object.entries(found)), origins: unpackOrigins(found['origins']) };
}

/**
 * Takes into a row the values of an Instance: an Attribute of a Study or Series is the first non-empty value in receipt
 * order, so each remembers the receipt it is from, and Instances may come in any order. Tells which changed.
 */
export function takeValues(
  level: 'study' | 'series',
  { row, origins }: Kept,
  { receipt, searchable }: { readonly receipt: string; readonly searchable: SearchableValues },
): ReadonlySet<SearchableAttribute> {
  const changed = new Set<SearchableAttribute>();
  for (const attribute of gatheredAttributes[level]) {
    const text = searchable[attribute.keyword] ?? '';
    const origin = origins.get(attribute.keyword);
    if (text === '' || (origin !== undefined && origin <= receipt)) continue;
    origins.set(attribute.keyword, receipt);
    setValue(row, attribute, text);
    changed.add(attribute);
  }
  return changed;
}

/** Empties what a row has from a receipt; tells of which keywords. */
export function dropValues(level: 'study' | 'series', { row, origins }: Kept, receipt: string): readonly string[] {
  const dropped = gatheredAttributes[level].filter(({ keyword }) => origins.get(keyword) === receipt);
  for (const attribute of dropped) {
    origins.delete(attribute.keyword);
    setValue(row, attribute, '');
  }
  return dropped.map(({ keyword }) => keyword);
}

function setValue(row: Map<string, SqlValue>, attribute: SearchableAttribute, text: string): void {
  row.set(attribute.column, columnValue(attribute, text));
  if (attribute.matchColumn !== undefined) row.set(attribute.matchColumn, matchValue(attribute, text));
}

/** Origins are kept by receipt, as nearly all Attributes come from one or two. */
export function packOrigins(origins: ReadonlyMap<string, string>): string {
  const byReceipt: Record<string, string[]> = {};
  for (const [keyword, receipt] of origins) (byReceipt[receipt] ??= []).push(keyword);
  return JSON.stringify(byReceipt);
}

function unpackOrigins(text: SqlValue | undefined): Map<string, string> {
  const byReceipt = JSON.parse(String(text ?? '{}')) as Record<string, string[]>;
  return new Map(
    Object.entries(byReceipt).flatMap(([receipt, keywords]) => keywords.map((keyword) => [keyword, receipt] as const)),
  );
}
