import { formatPersonName, tagText } from '@bucky/dicom';
import type { DicomJsonObject } from './query.js';
import { searchableAttributes, type SearchableAttribute, type SearchableValues } from './searchable.js';

/** Characters that a column keeps of one value, of all values of an Attribute, and of the JSON of a Sequence. */
const most = { value: 1024, values: 4096, sequence: 65_536 };

/**
 * Reads what the catalog searches by out of an Instance's DICOM JSON, which is all that is kept of its header: a single
 * value as its text, several joined by backslashes, a Sequence as a JSON array of its items. Identity is not among it.
 * A value longer than any that PS3.5 6.2 allows is cut, and of very many the last are left out: the metadata have them whole.
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
  if (vr === 'SQ') return itemsText(found);
  const texts = found.map((value) => cut(valueText(value), most.value));
  return multiple ? joined(texts) : (texts.find((text) => text !== '') ?? '');
}

function itemsText(items: readonly unknown[]): string {
  const texts = items.map((item) => JSON.stringify(item));
  const kept = asManyAs(texts, most.sequence);
  return kept.length === 0 ? '' : `[${kept.join(',')}]`;
}

function joined(texts: readonly string[]): string {
  return asManyAs(texts, most.values).join('\\');
}

/** Takes texts from the first on, each with what separates it, as long as they are no more than `length` in all. */
function asManyAs(texts: readonly string[], length: number): readonly string[] {
  let left = length;
  const end = texts.findIndex((text) => (left -= text.length + 1) < 0);
  return end < 0 ? texts : texts.slice(0, end);
}

/** Cuts at a whole character, counted as UTF-16 has them. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const isPair = (text.charCodeAt(length - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isPair ? length - 1 : length);
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') return formatPersonName(value);
  return typeof value === 'number' ? String(value) : (value as string); // JSON knows no other value of an Attribute
}
