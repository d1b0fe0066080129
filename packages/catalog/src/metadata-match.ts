import {
  dictionaryVr,
  foldText,
  formatPersonName,
  isVr,
  keywordOf,
  parseDate,
  parseTime,
  tag,
  tagText,
  type Tag,
  type Vr,
} from '@bucky/dicom';
import { foldName } from './column-values.js';
import { civilTime, instantOf } from './date-time-value.js';
import { parseMatch, type Match } from './matching.js';
import type { DicomJsonObject } from './query.js';
import type { MetadataKey } from './search-keys.js';
import { numeric } from './searchable.js';

type JsonAttribute = DicomJsonObject[string];

/** Tells whether values of an Attribute match. */
type Test = (attribute: JsonAttribute, timezone: string) => boolean;

const timezoneOffset = tagText(tag(0x00080201));

/** Makes of keys a test of the metadata of one Instance, which all of them must pass. @see PS3.4 C.2.2.2, C.2.2.2.6 */
export function metadataTest(keys: readonly MetadataKey[]): (dataSet: DicomJsonObject) => boolean {
  const matches = itemTest(
    keys.map(({ path, value, fuzzy }) => ({ path, test: valueTest(path.at(-1)!, value, fuzzy) })),
  );
  return (dataSet) => matches(dataSet, plainText(dataSet[timezoneOffset]?.Value?.[0]));
}

interface Tested {
  readonly path: readonly Tag[];
  readonly test: Test;
}

/** Of a Sequence one item must pass what all the keys ask of it. */
function itemTest(keys: readonly Tested[]): (item: DicomJsonObject, timezone: string) => boolean {
  const leaves = keys.filter(({ path }) => path.length === 1);
  const sequences = [...grouped(keys)].map(([root, inner]) => ({ root: tagText(root), matches: itemTest(inner) }));
  return (item, timezone) =>
    leaves.every(({ path, test }) => {
      const attribute = item[tagText(path[0]!)];
      return attribute !== undefined && test(attribute, timezone);
    }) &&
    sequences.every(({ root, matches }) =>
      (item[root]?.Value ?? []).some((inner) => isItem(inner) && matches(inner, timezone)),
    );
}

function grouped(keys: readonly Tested[]): ReadonlyMap<Tag, readonly Tested[]> {
  const below = new Map<Tag, Tested[]>();
  for (const { path, test } of keys) {
    const [root, ...rest] = path;
    if (root !== undefined && rest.length > 0) below.set(root, [...(below.get(root) ?? []), { path: rest, test }]);
  }
  return below;
}

function isItem(value: unknown): value is DicomJsonObject {
  return typeof value === 'object' && value !== null;
}

/** Reads a key once for each VR that is met: of a private Attribute only the file tells which it is. */
function valueTest(tag: Tag, value: string, fuzzy: boolean): Test {
  const known = dictionaryVr(tag);
  const tests = new Map<string, Test>();
  return (attribute, timezone) => {
    const vr = known ?? attribute.vr;
    const test = tests.get(vr) ?? testOf(keywordOf(tag) ?? tagText(tag), vr, { value, fuzzy });
    tests.set(vr, test);
    return test(attribute, timezone);
  };
}

const never: Test = () => false;

function testOf(keyword: string, vr: string, { value, fuzzy }: Pick<MetadataKey, 'value' | 'fuzzy'>): Test {
  if (!isVr(vr)) return never;
  let match: Match | undefined;
  try {
    match = parseMatch({ keyword, vr, folded: true }, value, { fuzzy });
  } catch {
    return never; // a private Attribute of another VR than the key is meant for
  }
  if (match === undefined) return () => true;
  const matches = matcher(vr, match);
  return ({ Value = [] }, timezone) =>
    matches(
      Value.flatMap((one) => textsOf(vr, one)),
      timezone,
    );
}

/** Writes a value that is a text or a number. */
function plainText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The texts that one value is matched by: of a name each component group, folded. */
function textsOf(vr: Vr, value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  if (vr !== 'PN') return [plainText(value)];
  const name = typeof value === 'object' ? formatPersonName(value) : plainText(value);
  return name
    .split('=')
    .map(foldName)
    .filter((group) => group !== '');
}

function matcher(vr: Vr, match: Match): (texts: readonly string[], timezone: string) => boolean {
  switch (match.kind) {
    case 'values': {
      const wanted = new Set(match.values);
      return (texts) => texts.some((text) => wanted.has(numeric.has(vr) ? Number(text) : text));
    }
    case 'wildcard': {
      const patterns = match.patterns.map(patternOf);
      return (texts) => patterns.every((pattern) => texts.some((text) => pattern.test(text)));
    }
    case 'anyWildcard': {
      const patterns = match.patterns.map(patternOf);
      return (texts) => texts.map(foldText).some((text) => patterns.some((pattern) => pattern.test(text)));
    }
    case 'words':
      return (texts) =>
        match.words.every((word) => texts.some((text) => ` ${text.replace(/[-^]/g, ' ')}`.includes(` ${word}`)));
    case 'range': {
      const { from, to } = match.range;
      return (texts, timezone) =>
        texts.some((text) => {
          const point = pointOf(vr, text, { isInstant: match.isInstant, timezone });
          return point !== '' && point >= from && point <= to;
        });
    }
  }
}

function pointOf(vr: Vr, text: string, { isInstant, timezone }: { isInstant: boolean; timezone: string }): string {
  if (vr === 'DA') return parseDate(text) ?? '';
  if (vr === 'TM') return parseTime(text)?.from ?? '';
  return isInstant ? instantOf(text, timezone) : civilTime(text);
}

/** Makes a test of a pattern that takes a time in proportion to text and pattern, whatever the wildcards. */
function patternOf(text: string): { test(text: string): boolean } {
  const pattern = Array.from(text.replace(/\*+/g, '*'));
  return { test: (value) => isLike(Array.from(value), pattern) };
}

/** Goes back to the last `*` only: what stood before it has matched as early as it can. */
function isLike(text: readonly string[], pattern: readonly string[]): boolean {
  let [at, inPattern, star, starAt] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      starAt = at;
    } else if (inPattern < pattern.length && (pattern[inPattern] === '?' || pattern[inPattern] === text[at])) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
