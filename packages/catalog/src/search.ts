import { constants, inflateRawSync } from 'node:zlib';
import { keywordOf, parseTag, tag, tagText, type Scope } from '@bucky/dicom';
import type { Database, Row, SqlValue } from '@bucky/sqlite';
import { dicomJsonRow, type ShownAttribute } from './dicom-json-row.js';
import type { DicomJsonObject, Query, ResultPage } from './query.js';
import { compileSearch, returnedAttributes } from './search-sql.js';
import { searchableAttribute } from './searchable.js';

const specificCharacterSet = '00080005';

/** Has no column, since all there is lies in the vault at hand. @see PS3.3 C.4.23 */
const availability: ShownAttribute = {
  keyword: 'InstanceAvailability',
  tag: tag(0x00080056),
  vr: 'CS',
  multiple: false,
};

/** Runs a search. @see PS3.4 C.2.2.2, PS3.18 10.6 */
export function search(database: Database, query: Query, scope: Scope): ResultPage {
  const further = furtherTags(query);
  const attributes = returnedAttributes(query);
  const { sql, parameters } = compileSearch(query, scope, attributes);
  const shown = [...attributes, availability].sort((one, other) => one.tag - other.tag);
  const rows = database.all(sql, ...parameters);
  const results = rows.slice(0, query.limit).map((row) => {
    const found = dicomJsonRow({ ...row, InstanceAvailability: 'ONLINE' }, shown);
    if (further === undefined) return withCharacterSet(found, isPlain(Object.values(row)));
    const whole = fromMetadata(database, row, further);
    return withCharacterSet(byTag({ ...whole, ...found }), isPlain([JSON.stringify(whole), ...Object.values(row)]));
  });
  return { results, more: rows.length > query.limit };
}

/**
 * Which Attributes have to be taken from the metadata: all, these, or undefined for none. Only an Instance has metadata;
 * what a Study or Series has no column for is not returned, as PS3.18 10.6.1.3 allows.
 */
function furtherTags({ level, includeFields }: Query): 'all' | readonly string[] | undefined {
  if (level !== 'instance' || includeFields === 'all') return level === 'instance' ? 'all' : undefined;
  const tags = includeFields.map(parseTag).filter((one) => searchableAttribute(keywordOf(one) ?? '') === undefined);
  return tags.length > 0 ? tags.map(tagText) : undefined;
}

function fromMetadata(database: Database, row: Row, tags: 'all' | readonly string[]): DicomJsonObject {
  const blob = database.get('SELECT deflated FROM metadata WHERE instance = ?', row['id'] ?? null)?.['deflated'];
  if (!(blob instanceof Uint8Array)) return {};
  const text = inflateRawSync(blob, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
  const whole = JSON.parse(text) as DicomJsonObject;
  return tags === 'all' ? whole : Object.fromEntries(Object.entries(whole).filter(([tag]) => tags.includes(tag)));
}

function byTag(found: DicomJsonObject): DicomJsonObject {
  return Object.fromEntries(Object.entries(found).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isPlain(values: readonly SqlValue[]): boolean {
  return values.every((value) => typeof value !== 'string' || !/[\u0080-\uffff]/.test(value));
}

/** Says that the text is UTF-8, as DICOM JSON is whatever the source was; not needed for plain ASCII. @see PS3.18 F.2 */
function withCharacterSet(found: DicomJsonObject, plain: boolean): DicomJsonObject {
  if (plain && found[specificCharacterSet] === undefined) return found;
  const result = { [specificCharacterSet]: { vr: 'CS', Value: ['ISO_IR 192'] } }; // first, as Tags are in order
  return { ...result, ...found, ...result };
}
