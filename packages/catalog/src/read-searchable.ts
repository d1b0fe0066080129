import { textOf, textsOf, writeDicomJson, type DataSet, type TextOptions } from '@bucky/dicom';
import { searchableAttributes, type SearchableAttribute, type SearchableValues } from './searchable.js';

/**
 * Reads what the catalog searches by out of an Instance: a single value as its text, several joined by backslashes, a
 * Sequence as a JSON array of its items. Identity is not among it: the record has that.
 */
export function readSearchable(dataSet: DataSet, options: TextOptions): SearchableValues {
  const values: Record<string, string> = {};
  for (const attribute of searchableAttributes) {
    if (attribute.kept) continue;
    const text = readValue(dataSet, attribute, options);
    if (text !== undefined && text !== '') values[attribute.keyword] = text;
  }
  return values;
}

function readValue(
  dataSet: DataSet,
  { tag, vr, multiple }: SearchableAttribute,
  options: TextOptions,
): string | undefined {
  if (vr === 'SQ') {
    const items = dataSet.get(tag)?.items ?? [];
    if (items.length === 0) return undefined;
    return `[${items.map((item) => writeDicomJson(item, { ...options, bulkDataUri: (path) => path })).join(',')}]`;
  }
  return multiple ? textsOf(dataSet, tag, options).join('\\') : textOf(dataSet, tag, options);
}
