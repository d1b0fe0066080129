import { formatPersonName, tagText } from '@bucky/dicom';
import type { DicomJsonObject } from './query.js';
import { searchableAttributes, type SearchableAttribute, type SearchableValues } from './searchable.js';

/**
 * Reads what the catalog searches by out of an Instance's DICOM JSON, which is all that is kept of its header: a single
 * value as its text, several joined by backslashes, a Sequence as a JSON array of its items. Identity is not among it.
 */
export function readSearchable(instance: DicomJsonObject): SearchableValues {
  const values: Record<string, string> = {};
  for (const attribute of searchableAttributes) {
    if (attribute.kept) continue;
    const text = readValue(instance, attribute);
    if (text !== '') values[attribute.keyword] = text;
  }
  return values;
}

function readValue(instance: DicomJsonObject, { tag, vr, multiple }: SearchableAttribute): string {
  const found = instance[tagText(tag)]?.Value;
  if (found === undefined || found.length === 0) return '';
  if (vr === 'SQ') return JSON.stringify(found);
  const texts = found.map(valueText);
  return multiple ? texts.join('\\') : (texts.find((text) => text !== '') ?? '');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return formatPersonName(value);
  return typeof value === 'number' ? String(value) : (value as string); // JSON knows no other value of an Attribute
}
