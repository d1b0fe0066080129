import { trimEnd } from './trim-end.js';

/** The component groups of a Person Name, with their names in DICOM JSON; an empty one is left out. @see PS3.18 F.2.2 */
export interface PersonName {
  readonly Alphabetic?: string;
  readonly Ideographic?: string;
  readonly Phonetic?: string;
}

/** Takes a Person Name apart, `Yamada^Tarou=山田^太郎=やまだ^たろう`; what stands behind a third `=` is none. @see PS3.5 6.2.1 */
export function parsePersonName(text: string): PersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = text.split('=').map((group) => trimEnd(group, ' '));
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}

/** Writes a Person Name as DICOM text, without empty groups at its end. */
export function formatPersonName({ Alphabetic = '', Ideographic = '', Phonetic = '' }: PersonName): string {
  return trimEnd([Alphabetic, Ideographic, Phonetic].join('='), '=');
}

/**
 * Rewrites what people type, `Family, Given` or `Family,Given`, to `Family^Given`. Text that has a `^` or `=` is DICOM's
 * own form and stays; wildcards pass.
 */
export function personNameQuery(text: string): string {
  if (!text.includes(',') || /[\^=]/.test(text)) return text;
  const components = text.split(',').map((component) => component.trim());
  return trimEnd(components.join('^'), '^');
}
