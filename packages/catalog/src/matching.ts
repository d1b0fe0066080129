import {
  BuckyError,
  foldText,
  isUid,
  parseDateRange,
  parseDateTimeRange,
  parseTimeRange,
  personNameQuery,
  type TextRange,
  type Vr,
} from '@bucky/dicom';
import { foldName } from './column-values.js';
import { hasOffset } from './date-time-value.js';
import { numeric } from './searchable.js';

/** How one Attribute may match. @see PS3.4 C.2.2.2 */
export type Match =
  /** Equal to one of these. */
  | { readonly kind: 'values'; readonly values: readonly (string | number)[] }
  /** `*` any run, `?` any one character; folded where the values are. Each pattern must match a value, or a component group. */
  | { readonly kind: 'wildcard'; readonly patterns: readonly string[] }
  /** One of these patterns must match a value. */
  | { readonly kind: 'anyWildcard'; readonly patterns: readonly string[] }
  /** Each of these must begin a word of a Person Name. @see PS3.18 8.3.4.2 */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Both ends included. A point in time with an offset from UTC is an instant, all else is local civil time. */
  | { readonly kind: 'range'; readonly range: TextRange; readonly isInstant: boolean };

/** Matches that are looked for in texts. */
type Patterns = Extract<Match, { kind: 'wildcard' | 'anyWildcard' | 'words' }>;

/** What of an Attribute its matching depends on. */
export interface MatchedAttribute {
  /** How a refusal names it. */
  readonly keyword: string;
  readonly vr: Vr;
  /** Whether its values are compared without regard to case and accents. */
  readonly folded: boolean;
}

/** VRs that may be matched with wildcards. @see PS3.4 C.2.2.2.4 */
const wildcardVrs: ReadonlySet<Vr> = new Set<Vr>(['AE', 'AS', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/** VRs of which one key may list several values, and what separates them. @see PS3.4 C.2.2.2.2, PS3.18 8.3.4.1 */
const separators: Readonly<Partial<Record<Vr, RegExp>>> = { CS: /[\\,]/, UI: /[\\,]/, SH: /\\/, LO: /\\/, AE: /\\/ };

/** VRs whose values are bytes, or Data Sets: nothing of PS3.4 C.2.2.2 matches them. */
const unmatched: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'UN']);

/** Characters of a key; it may list many values. */
const longestKey = 16384;
/** Characters of a pattern with wildcards, or of a name: the columns keep no more of a value. */
const longestPattern = 1024;
/** Wildcards of a key, and patterns or words: each is looked for in every value. */
const mostWildcards = 64;

const rangeOf: Readonly<Partial<Record<Vr, (text: string) => TextRange>>> = {
  DA: parseDateRange,
  TM: parseTimeRange,
  DT: parseDateTimeRange,
};

/**
 * Reads the value of a matching key; undefined when it matches everything. Throws `invalid`, which names the keyword
 * and never the value.
 */
export function parseMatch(
  attribute: MatchedAttribute,
  text: string,
  { fuzzy = false }: { readonly fuzzy?: boolean } = {},
): Match | undefined {
  const { keyword, vr } = attribute;
  if (text.length > longestKey) throw refusal(keyword, `the value has more than ${longestKey} characters`);
  if (text.includes('\0')) throw refusal(keyword, 'the value has a NUL'); // where the index thinks that it ends
  const value = text.trim();
  if (value === '') return undefined;
  if (vr === 'SQ') throw new BuckyError('invalid', `Cannot match ${keyword}: a Sequence is not matched as a whole`);
  if (unmatched.has(vr)) throw new BuckyError('invalid', `Cannot match ${keyword}: its values are bytes`);
  if (vr === 'PN') return bounded(keyword, fuzzy && !/[*?]/.test(value) ? words(value) : personName(value));
  const range = rangeOf[vr];
  if (range !== undefined) {
    const isInstant = vr === 'DT' && hasOffset(value);
    return { kind: 'range', range: named(keyword, () => range(value)), isInstant };
  }
  const separator = separators[vr];
  const listed = separator === undefined ? [value] : value.split(separator).map((one) => one.trim());
  const values = listed.filter((one) => one !== '');
  if (values.length === 0) return undefined;
  if (wildcardVrs.has(vr) && /[*?]/.test(value)) return bounded(keyword, wildcard(attribute, values));
  return { kind: 'values', values: values.map((one) => single(attribute, one)) };
}

function single({ keyword, vr }: MatchedAttribute, value: string): string | number {
  if (vr === 'UI' && !isUid(value)) {
    throw new BuckyError('invalid', `Cannot match ${keyword}: the value is not a valid UID`);
  }
  if (!numeric.has(vr)) return value;
  if (!/^[+-]?\d+(\.\d*)?$/.test(value)) {
    throw new BuckyError('invalid', `Cannot match ${keyword}: the value is not a number`);
  }
  return Number(value);
}

/** Each part between `=` is matched by itself, with any component group. @see PS3.4 C.2.2.2.1 */
function personName(value: string): Patterns | undefined {
  const groups = personNameQuery(value).split('=').map(foldName);
  const patterns = groups.filter((group) => group !== '' && !/^\*+$/.test(group));
  return patterns.length === 0 ? undefined : { kind: 'wildcard', patterns };
}

/** Fuzzy matching of names: the words in any order and from any component, each as far as it was typed. */
function words(value: string): Patterns | undefined {
  const found = foldText(value)
    .split(/[\s^=,-]+/)
    .filter((word) => word !== '');
  return found.length === 0 ? undefined : { kind: 'words', words: found };
}

function wildcard({ folded }: MatchedAttribute, values: readonly string[]): Patterns | undefined {
  if (values.some((value) => /^\*+$/.test(value))) return undefined;
  return { kind: 'anyWildcard', patterns: folded ? values.map(foldText) : values };
}

/** Refuses what would take long to look for. */
function bounded(keyword: string, match: Patterns | undefined): Match | undefined {
  if (match === undefined) return undefined;
  const patterns = match.kind === 'words' ? match.words : match.patterns;
  if (patterns.length > mostWildcards) throw refusal(keyword, `there are more than ${mostWildcards} patterns or words`);
  if (patterns.some((pattern) => pattern.length > longestPattern)) {
    throw refusal(keyword, `a pattern or name has more than ${longestPattern} characters`);
  }
  const wildcards = patterns.join('').replace(/\*+/g, '*').replace(/[^*?]/g, '').length;
  if (wildcards > mostWildcards) throw refusal(keyword, `there are more than ${mostWildcards} wildcards`);
  return match;
}

function refusal(keyword: string, reason: string): BuckyError {
  return new BuckyError('invalid', `Cannot match ${keyword}: ${reason}`);
}

/** Has a refusal name the keyword. */
function named<T>(keyword: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BuckyError)) throw error;
    throw new BuckyError(error.code, `Cannot match ${keyword}: ${error.message}`, { cause: error });
  }
}
