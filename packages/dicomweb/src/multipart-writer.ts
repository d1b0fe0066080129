import { createHash } from 'node:crypto';
import { inFront, type Bytes } from '@bucky/dicom';

/** One part that is to be sent. */
export interface OutgoingPart {
  /** Value of its Content-Type. */
  readonly type: string;
  readonly length?: number;
  /** URL of what it holds. @see RFC 9110 8.7 */
  readonly location?: string;
  readonly open: () => Promise<Bytes>;
}

/**
 * Makes the boundary for a body whose ETag is made of `version`. The same version gives the same bytes, as a strong ETag
 * promises; and as a version is a digest of the content, no content can hold its own boundary.
 */
export function boundaryFor(version: string): string {
  return `bucky-${createHash('sha256').update(`multipart ${version}`).digest('hex').slice(0, 56)}`;
}

/** Writes parts as a multipart body. Names are in capitals, as viewers look for `Content-Type:` letter for letter. @see RFC 2046 5.1.1 */
export async function* writeMultipart(
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
  boundary: string,
): Bytes {
  let before = '';
  for await (const { type, length, location, open } of parts) {
    let head = `${before}--${boundary}\r\nContent-Type: ${type}\r\n`;
    if (length !== undefined) head += `Content-Length: ${length}\r\n`;
    if (location !== undefined) head += `Content-Location: ${location}\r\n`;
    yield* inFront(Buffer.from(`${head}\r\n`, 'latin1'), await open());
    before = '\r\n';
  }
  yield Buffer.from(`${before}--${boundary}--\r\n`, 'latin1');
}
