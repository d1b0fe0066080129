import { constants, inflateRawSync } from 'node:zlib';
import { BuckyError, tagOf, tagText, type Scope } from '@bucky/dicom';
import type { Database, Row } from '@bucky/sqlite';
import { dicomJsonRow } from './dicom-json-row.js';
import type { DicomJsonObject, Query, ResultPage } from './query.js';
import { compileSearch, returnedAttributes } from './search-sql.js';
import { searchableAttribute } from './searchable.js';

const specificCharacterSet = '00080005';
const instanceAvailability = '00080056';

/** Runs a search. @see PS3.4 C.2.2.2, PS3.18 10.6 */
export function search(database: Database, query: Query, scope: Scope): ResultPage {
  const further = furtherTags(query);
  const attributes = returnedAttributes(query);
  const { sql, parameters } = compileSearch(query, scope, attributes);
  const rows = database.all(sql, ...parameters);
  const results = rows.slice(0, query.limit).map((row) => {
    const found = {
      ...(further === undefined ? {} : fromMetadata(database, row, further)),
      ...dicomJsonRow(row, attributes),
    };
    return completed(found);
  });
  return { results, more: rows.length > query.limit };
}

/**
 * Which Attributes have to be taken from the metadata: all, these, or undefined for none. Only an Instance has metadata;
 * what a Study or Series has no column for is not returned, as PS3.18 10.6.1.3 allows.
 */
function furtherTags({ level, includeFields }: Query): 'all' | readonly string[] | undefined {
  if (includeFields === 'all') return level === 'instance' ? 'all' : undefined;
  const tags = includeFields.flatMap((keyword) => {
    if (searchableAttribute(keyword) !== undefined) return [];
    const tag = tagOf(keyword);
    const shown = /^\w{1,64}$/.test(keyword) ? ` ${keyword}` : '';
    if (tag === undefined) throw new BuckyError('invalid', `Cannot include the unknown Attribute${shown}`);
    return [tagText(tag)];
  });
  return level === 'instance' && tags.length > 0 ? tags : undefined;
}

function fromMetadata(database: Database, row: Row, tags: 'all' | readonly string[]): DicomJsonObject {
  const blob = database.get('SELECT deflated FROM metadata WHERE instance = ?', row['id'] ?? null)?.['deflated'];
  if (!(blob instanceof Uint8Array)) return {};
  const text = inflateRawSync(blob, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
  const whole = JSON.parse(text) as DicomJsonObject;
  if (tags === 'all') return whole;
  const found: Record<string, DicomJsonObject[string]> = {};
  for (const tag of tags) if (whole[tag] !== undefined) found[tag] = whole[tag];
  return found;
}

/** Adds what holds for every result, and sorts by Tag. */
function completed(found: DicomJsonObject): DicomJsonObject {
  const all: Record<string, DicomJsonObject[string]> = {
    ...found,
    [instanceAvailability]: { vr: 'CS', Value: ['ONLINE'] },
  };
  // Whatever the source said: DICOM JSON is UTF-8. Required only beyond the default repertoire. @see PS3.18 F.2, tables 10.6.3-3 to -5
  if (specificCharacterSet in all || /[^\0-\x7f]/.test(JSON.stringify(all))) {
    all[specificCharacterSet] = { vr: 'CS', Value: ['ISO_IR 192'] };
  }
  return Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
}
