import { parseDateTime } from '@bucky/dicom';

/** An offset from UTC at the end of a value of VR DT, or the whole of (0008,0201). @see PS3.5 6.2, DT; PS3.3 C.12.1.1.8 */
const offset = /[+-](?:0\d|1[0-4])[0-5]\d$/;

/** Tells whether a value, or an end of a range, has an offset from UTC; any hyphen may be the one between. */
export function hasOffset(text: string): boolean {
  if (parseDateTime(text) !== undefined) return offset.test(text);
  for (let hyphen = text.indexOf('-'); hyphen >= 0; hyphen = text.indexOf('-', hyphen + 1)) {
    const ends = [text.slice(0, hyphen).trim(), text.slice(hyphen + 1).trim()].filter((end) => end !== '');
    if (ends.every((end) => parseDateTime(end) !== undefined)) return ends.some((end) => offset.test(end));
  }
  return false;
}

/** Reads the local civil time that a date and time says, whatever its offset; empty when it is none. */
export function civilTime(text: string): string {
  return parseDateTime(text.trim().replace(offset, ''))?.from ?? '';
}

/**
 * Reads the instant in UTC that a date and time is; one without an offset takes that of its Instance, (0008,0201), and
 * where that is missing too stays civil time. Empty when it is none.
 */
export function instantOf(text: string, timezone = ''): string {
  const value = text.trim();
  const zone = timezone.trim();
  return parseDateTime(!offset.test(value) && offset.test(zone) ? value + zone : value)?.from ?? '';
}
