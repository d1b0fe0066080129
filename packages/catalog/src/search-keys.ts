import { BuckyError, dictionaryVr, keywordOf, parseTag, tagText, type Tag, type TextRange } from '@bucky/dicom';
import { parseMatch, type Match } from './matching.js';
import type { MatchingKey, Query } from './query.js';
import { searchableAttribute, searchableAttributes, type SearchableAttribute } from './searchable.js';

/** A key that a column answers. */
export interface ColumnKey {
  readonly attribute: SearchableAttribute;
  readonly match: Match;
  /** The time of this date, where both were asked as ranges and match as one point. @see PS3.4 C.2.2.2.5 */
  readonly time?: { readonly attribute: SearchableAttribute; readonly range: TextRange };
}

/** A key that the metadata of Instances answers: Tags down to the Attribute that is matched. */
export interface MetadataKey {
  readonly path: readonly Tag[];
  readonly value: string;
  readonly fuzzy: boolean;
}

/** What a query asks for, told apart by what answers it. */
export interface SearchKeys {
  /** By columns that an index finds. */
  readonly wide: readonly ColumnKey[];
  /** By columns without an index. */
  readonly narrow: readonly ColumnKey[];
  /** By one item of the Request Attributes Sequence, which is indexed. */
  readonly request: readonly { readonly column: string; readonly match: Match }[];
  /** By metadata; the keys of one group must match in the same Instance, those of a Sequence in the same item. */
  readonly groups: readonly (readonly MetadataKey[])[];
}

/** Date and time Attributes that are matched together when both are ranges. @see PS3.4 C.2.2.2.5 */
const timeOfDate: Readonly<Record<string, string>> = {
  StudyDate: 'StudyTime',
  SeriesDate: 'SeriesTime',
  PerformedProcedureStepStartDate: 'PerformedProcedureStepStartTime',
  AcquisitionDate: 'AcquisitionTime',
  ContentDate: 'ContentTime',
  InstanceCreationDate: 'InstanceCreationTime',
};

/** What of an item of the Request Attributes Sequence has a column in `series_requests`. @see PS3.18 10.6.1.2, table 10.6.1-5 */
const requestColumns: Readonly<Record<string, string>> = {
  '00400275.00400009': 'scheduled_procedure_step_id',
  '00400275.00401001': 'requested_procedure_id',
};

/** Groups that one search may have; each is a bit of a number. */
const mostGroups = 30;

interface ReadKey extends MetadataKey {
  readonly name: string;
  readonly match: Match | undefined;
  readonly attribute: SearchableAttribute | undefined;
  /** Whether a range was written as one. */
  readonly isRange: boolean;
}

/** Reads the keys of a query; what matches everything is left out. Throws `invalid`, which names the keyword and never the value. */
export function readKeys({ matching, fuzzy = false }: Pick<Query, 'matching' | 'fuzzy'>): SearchKeys {
  const keys = matching.map((key) => readKey(key, fuzzy)).filter((key) => key !== undefined);
  const columns = withTimes(keys);
  const nested = keys.filter(({ attribute }) => attribute === undefined);
  const groups = groupsOf(nested);
  if (groups.length > mostGroups) throw new BuckyError('invalid', 'There are too many matching keys');
  return {
    wide: columns.filter(({ attribute }) => attribute.isWide),
    narrow: columns.filter(({ attribute }) => !attribute.isWide),
    request: nested.flatMap(({ path, match }) => {
      const column = requestColumns[path.map(tagText).join('.')];
      return column === undefined || match === undefined ? [] : [{ column, match }];
    }),
    groups,
  };
}

/** Lists what is asked of the metadata, columns without an index included: each a group of its own. */
export function metadataGroups(query: Pick<Query, 'matching' | 'fuzzy'>): readonly (readonly MetadataKey[])[] {
  const { narrow, groups } = readKeys(query);
  const tags = new Set(narrow.flatMap(({ attribute, time }) => [attribute.tag, time?.attribute.tag]));
  const columns = query.matching
    .map(({ keyword, value }) => ({ path: tagsOf(keyword), value, fuzzy: query.fuzzy ?? false }))
    .filter(({ path }) => path.length === 1 && tags.has(path[0]));
  return [...groups, ...columns.map((key) => [key])];
}

/** Names what a query asks for that has no index. */
export function narrowNames(query: Pick<Query, 'matching' | 'fuzzy' | 'orderBy'>): readonly string[] {
  const matched = metadataGroups(query).flatMap((keys) =>
    keys.map(({ path }) => path.map((tag) => keywordOf(tag) ?? tagText(tag)).join('.')),
  );
  const ordered = query.orderBy
    .map(({ keyword }) => keyword)
    .filter((one) => searchableAttribute(one)?.orderIndex === undefined);
  return [...new Set([...matched, ...ordered])];
}

function readKey({ keyword, value }: MatchingKey, fuzzy: boolean): ReadKey | undefined {
  const path = tagsOf(keyword);
  const name = path.map((tag) => keywordOf(tag) ?? tagText(tag)).join('.');
  for (const tag of path.slice(0, -1)) {
    if ((dictionaryVr(tag) ?? 'SQ') === 'SQ') continue;
    throw new BuckyError('invalid', `Cannot match ${name}: ${keywordOf(tag) ?? tagText(tag)} is no Sequence`);
  }
  const attribute = path.length === 1 ? searchableAttribute(name) : undefined;
  const vr = dictionaryVr(path.at(-1)!);
  const folded = attribute === undefined || attribute.matchColumn !== undefined;
  // Of a private Attribute the file alone tells the VR
  const match = vr === undefined ? undefined : parseMatch({ keyword: name, vr, folded }, value, { fuzzy });
  if (match === undefined && (vr !== undefined || value.trim() === '')) return undefined;
  return { path, value, fuzzy, name, match, attribute, isRange: value.includes('-') };
}

function tagsOf(keyword: string): readonly Tag[] {
  const shown = /^[\w.]{1,200}$/.test(keyword) ? keyword : 'an Attribute of that name';
  try {
    return keyword.split('.').map(parseTag);
  } catch (error) {
    throw new BuckyError('invalid', `Cannot search by ${shown}: it is no Attribute`, { cause: error });
  }
}

function withTimes(keys: readonly ReadKey[]): readonly ColumnKey[] {
  const taken = new Set<ReadKey>();
  const found = keys.map((key) => {
    const time = keys.find(({ attribute }) => attribute?.keyword === timeOfDate[key.name]);
    if (time?.attribute === undefined || time.match?.kind !== 'range' || !key.isRange || !time.isRange) return key;
    taken.add(time);
    return { ...key, time: { attribute: time.attribute, range: time.match.range } };
  });
  return found.flatMap((key, index) => {
    const { attribute, match } = key;
    if (attribute === undefined || match === undefined || taken.has(keys[index]!)) return [];
    return ['time' in key ? { attribute, match, time: key.time } : { attribute, match }];
  });
}

/** Puts those together that begin with the same Sequence. */
function groupsOf(keys: readonly ReadKey[]): readonly (readonly MetadataKey[])[] {
  const byRoot = new Map<string, MetadataKey[]>();
  for (const { path, value, fuzzy } of keys) {
    const root = path.length === 1 ? `${String(path[0])} ${value}` : String(path[0]);
    byRoot.set(root, [...(byRoot.get(root) ?? []), { path, value, fuzzy }]);
  }
  const isRequest = ({ path }: MetadataKey): boolean => requestColumns[path.map(tagText).join('.')] !== undefined;
  return [...byRoot.values()].filter((group) => !group.every(isRequest));
}

/** Names what is found in the whole archive, for who is told that something is not. */
export const wideKeywords = searchableAttributes.filter(({ isWide }) => isWide).map(({ keyword }) => keyword);
