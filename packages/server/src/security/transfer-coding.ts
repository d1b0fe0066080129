import { BuckyError } from '@bucky/dicom';

/**
 * Refuses a body in a Transfer-Encoding that we do not decode: taken as if it were only chunked, it would be other bytes
 * than were sent. Throws `not-implemented`. @see RFC 9112 6.1
 */
export function checkTransferCoding(transferEncoding: string | undefined): void {
  if (transferEncoding === undefined || transferEncoding.trim().toLowerCase() === 'chunked') return;
  throw new BuckyError('not-implemented', 'The Transfer-Encoding of a request may be chunked or none');
}
