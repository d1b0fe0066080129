/** A Data Element Tag as one number: group in the upper 16 bits, element in the lower. @see PS3.5 7.1.1 */
export type Tag = number & { readonly __brand: 'Tag' };

/** Makes a Tag of a number such as 0x0020000d. */
export function tag(value: number): Tag {
  return value as Tag;
}

/** Writes a Tag as eight upper-case hexadecimal digits, as DICOM JSON does. @see PS3.18 F.2.2 */
export function tagText(value: Tag): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}
