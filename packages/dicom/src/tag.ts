/** A Data Element Tag as one number: group in the upper 16 bits, element in the lower. @see PS3.5 7.1.1 */
export type Tag = number & { readonly __brand: 'Tag' };

/** Makes a Tag of a number such as 0x0020000d. */
export function tag(value: number): Tag {
  return value as Tag;
}

const hexadecimal = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, '0'));

/** Writes a Tag as eight upper-case hexadecimal digits, as DICOM JSON does. @see PS3.18 F.2.2 */
export function tagText(value: Tag): string {
  const byte = (shift: number): string => hexadecimal[(value >>> shift) & 0xff]!;
  return byte(24) + byte(16) + byte(8) + byte(0);
}
