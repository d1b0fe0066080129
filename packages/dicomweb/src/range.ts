import type { ByteRange } from '@bucky/dicom';

/** Reads a Range header against a body of `size` bytes; a form we do not serve counts as none. @see RFC 9110 14.2 */
export function parseRange(header: string | undefined, size: number): ByteRange | 'whole' | 'unsatisfiable' {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header ?? '') ?? [];
  if (first === undefined || last === undefined || first + last === '') return 'whole';
  if (first !== '' && last !== '' && Number(last) < Number(first)) return 'whole'; // invalid, so ignored: 14.1.1
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : 'unsatisfiable';
}

/** Writes Content-Range in HTTP's form, whose last byte is included. @see RFC 9110 14.4 */
export function contentRange(range: ByteRange | 'unsatisfiable', size: number): string {
  return range === 'unsatisfiable' ? `bytes */${size}` : `bytes ${range.start}-${range.end - 1}/${size}`;
}
