import { foldText, parseDate, trimEnd } from '@bucky/dicom';
import type { SqlValue } from '@bucky/sqlite';
import { civilTime, instantOf } from './date-time-value.js';
import { numeric, type SearchableAttribute } from './searchable.js';

/** Makes of an Attribute's text what its column holds. */
export function columnValue({ vr, multiple }: SearchableAttribute, text: string): SqlValue {
  if (multiple) return JSON.stringify(text === '' ? [] : text.split('\\'));
  if (numeric.has(vr)) return number(text, vr === 'DS');
  if (vr === 'DA') return parseDate(text) ?? text;
  if (vr === 'TM') return text.replaceAll(':', '');
  return text;
}

/** Makes of an Attribute's text what its `…_match` column holds: folded texts, or civil time and instant. */
export function matchValue(attribute: SearchableAttribute, text: string, timezone?: string): string {
  if (attribute.vr === 'DT') return text === '' ? '' : `${civilTime(text)}/${instantOf(text, timezone)}`;
  return JSON.stringify(foldedTexts(attribute, text));
}

/** Folds each value; of a Person Name each component group, without the empty components at its end. */
export function foldedTexts({ vr, multiple }: SearchableAttribute, text: string): readonly string[] {
  const values = multiple ? text.split('\\') : [text];
  const parts = vr === 'PN' ? values.flatMap((value) => value.split('=').map(foldName)) : values.map(foldText);
  return parts.filter((part) => part !== '');
}

/** Folds one component group of a Person Name: spaces around components and empty ones at the end mean nothing. */
export function foldName(group: string): string {
  const components = foldText(group).split('^');
  return trimEnd(components.map((component) => component.trim()).join('^'), '^');
}

/** Reads a number; null for what is none, and for a fraction where whole ones are due. */
function number(text: string, fractions: boolean): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && (fractions || Number.isSafeInteger(value)) ? value : null;
}
