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
import { numeric, type SearchableAttribute } from './searchable.js';

/** How one Attribute may match. @see PS3.4 C.2.2.2 */
export type Match =
  /** Equal to one of these. */
  | { readonly kind: 'values'; readonly values: readonly (string | number)[] }
  /** `*` any run, `?` any one character; folded where the column is. Of a Person Name each pattern must match one component group. */
  | { readonly kind: 'wildcard'; readonly patterns: readonly string[] }
  /** Both ends included. */
  | { readonly kind: 'range'; readonly range: TextRange };

/** VRs that may be matched with wildcards. @see PS3.4 C.2.2.2.4 */
const wildcardVrs: ReadonlySet<Vr> = new Set<Vr>(['AE', 'AS', 'CS', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UR', 'UT']);

/** VRs of which one key may list several values, and what separates them. @see PS3.4 C.2.2.2.2, PS3.18 8.3.4.1 */
const separators: Readonly<Partial<Record<Vr, RegExp>>> = { CS: /[\\,]/, UI: /[\\,]/, SH: /\\/, LO: /\\/, AE: /\\/ };

/** Longer than any value of the VRs that are matched. */
const longestKey = 16384;

const rangeOf: Readonly<Partial<Record<Vr, (text: string) => TextRange>>> = {
  DA: parseDateRange,
  TM: parseTimeRange,
  DT: parseDateTimeRange,
};

/**
 * Reads the value of a matching key; undefined when it matches everything. Throws `invalid`, which names the keyword
 * and never the value.
 */
export function parseMatch(attribute: SearchableAttribute, text: string): Match | undefined {
  const { keyword, vr } = attribute;
  if (text.length > longestKey) throw new BuckyError('invalid', `Cannot match ${keyword}: the value is too long`);
  const value = text.trim();
  if (value === '') return undefined;
  if (vr === 'PN') return personName(value);
  if (wildcardVrs.has(vr) && /[*?]/.test(value)) return wildcard(attribute, value);
  const range = rangeOf[vr];
  if (range !== undefined) return { kind: 'range', range: named(keyword, () => range(value)) };
  if (vr === 'SQ') throw new BuckyError('invalid', `Cannot match ${keyword}: a Sequence is not matched as a whole`);
  const separator = separators[vr];
  const values = separator === undefined ? [value] : value.split(separator).map((one) => one.trim());
  return { kind: 'values', values: values.filter((one) => one !== '').map((one) => single(attribute, one)) };
}

function single({ keyword, vr }: SearchableAttribute, value: string): string | number {
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
function personName(value: string): Match | undefined {
  const groups = personNameQuery(value).split('=').map(foldName);
  const patterns = groups.filter((group) => group !== '' && !/^\*+$/.test(group));
  return patterns.length === 0 ? undefined : { kind: 'wildcard', patterns };
}

function wildcard({ matchColumn }: SearchableAttribute, value: string): Match | undefined {
  if (/^\*+$/.test(value)) return undefined;
  return { kind: 'wildcard', patterns: [matchColumn === undefined ? value : foldText(value)] };
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
