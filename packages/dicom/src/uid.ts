import { BuckyError } from './bucky-error.js';

/** A DICOM Unique Identifier that has passed {@link parseUid}. */
export type Uid = string & { readonly __brand: 'Uid' };

/**
 * Tells whether text is a UID: components of digits joined by dots, 64 characters at most.
 * Leading zeros are let pass, as scanners in use send them; such a UID is still safe inside an object key.
 * @see PS3.5 9.1
 */
export function isUid(text: string): text is Uid {
  return text.length <= 64 && /^\d+(?:\.\d+)*$/.test(text);
}

/** Reads a UID. Throws `invalid`, without repeating the text, which may be anything. */
export function parseUid(text: string, what = 'UID'): Uid {
  if (!isUid(text)) throw new BuckyError('invalid', `The ${what} is not a valid DICOM UID`);
  return text;
}
