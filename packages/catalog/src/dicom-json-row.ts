import { parsePersonName, tagText } from '@bucky/dicom';
import type { Row, SqlValue } from '@bucky/sqlite';
import type { DicomJsonObject } from './query.js';
import { numeric, type SearchableAttribute } from './searchable.js';

type JsonAttribute = DicomJsonObject[string];

/** What of an Attribute its DICOM JSON depends on. */
export type ShownAttribute = Pick<SearchableAttribute, 'keyword' | 'tag' | 'vr' | 'multiple'>;

/** Makes DICOM JSON of a row; an empty Attribute has a vr only. @see PS3.18 F.2 */
export function dicomJsonRow(row: Row, attributes: readonly ShownAttribute[]): Record<string, JsonAttribute> {
  const result: Record<string, JsonAttribute> = {};
  for (const attribute of attributes) {
    result[tagText(attribute.tag)] = jsonAttribute(attribute, row[attribute.keyword] ?? null);
  }
  return result;
}

function jsonAttribute({ keyword, vr, multiple }: ShownAttribute, column: SqlValue): JsonAttribute {
  const values = multiple ? (JSON.parse(String(column)) as readonly string[]) : oneValue(vr, column);
  if (values.length > 0) return { vr, Value: vr === 'PN' ? values.map(personName) : values.map(orNull) };
  // An exception to PS3.18 F.2.5: OHIF's list dies where the value is missing
  return keyword === 'ModalitiesInStudy' ? { vr, Value: [] } : { vr };
}

function oneValue(vr: SearchableAttribute['vr'], column: SqlValue): readonly unknown[] {
  if (column === null || column === '') return [];
  if (vr === 'SQ') return JSON.parse(String(column)) as readonly unknown[];
  return [numeric.has(vr) ? Number(column) : column];
}

function personName(value: unknown): unknown {
  const name = parsePersonName(String(value));
  return Object.keys(name).length === 0 ? null : name;
}

/** An empty value between others. @see PS3.18 F.2.5 */
function orNull(value: unknown): unknown {
  return value === '' ? null : value;
}
