import type { Bytes } from '@bucky/dicom';
import { cacheControl, hasVersion, sendNotModified, vary } from './conditional.js';
import type { Exchange } from './exchange.js';
import { boundaryFor, writeMultipart, type OutgoingPart } from './multipart-writer.js';
import { sendBody } from './send-body.js';

/** What is sent in parts. */
export interface PartsAnswer {
  /** Digest of the content, for a strong ETag and a boundary that no part can hold. */
  readonly version: string;
  readonly type: string;
  readonly parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>;
  /** How many Instances are left out, of how many: then the answer is 206 and is not kept. */
  readonly leftOut?: { readonly instances: number; readonly of: number };
}

/** Sends parts as one multipart body. @see PS3.18 8.7.1, 10.4.3.3 */
export async function sendParts({ req, res }: Exchange, answer: PartsAnswer): Promise<void> {
  const { version, type, parts, leftOut } = answer;
  const etag = `"${version}-parts"`;
  if (leftOut === undefined && hasVersion(req, etag)) {
    sendNotModified(res, etag);
    return;
  }
  const boundary = boundaryFor(`${version} ${type}`);
  const headers = {
    'Content-Type': `multipart/related; type="${type}"; boundary=${boundary}`,
    ...(leftOut === undefined ? { ETag: etag, 'Cache-Control': cacheControl } : partial(leftOut)),
    Vary: vary,
  };
  const status = leftOut === undefined ? 200 : 206;
  if (req.method === 'HEAD') {
    res.writeHead(status, headers).end();
    return;
  }
  const body: Bytes = writeMultipart(parts, boundary);
  await sendBody(res, { status, headers }, body);
}

function partial({ instances, of }: NonNullable<PartsAnswer['leftOut']>): Record<string, string> {
  const text = `${instances} of ${of} instances cannot be had in a transfer syntax that was asked for and are left out`;
  return { 'Cache-Control': 'no-store', Warning: `299 bucky "${text}"` };
}
