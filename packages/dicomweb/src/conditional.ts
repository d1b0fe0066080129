import type { ServerResponse } from 'node:http';
import type { Request } from 'express';

/** Tells whether the asker already has this version. @see RFC 9110 13.1.2 */
export function hasVersion(req: Request, etag: string): boolean {
  const header = req.headers['if-none-match'];
  if (header === undefined) return false;
  return header.split(',').some((entry) => {
    const one = entry.trim();
    return one === '*' || (one.startsWith('W/') ? one.slice(2) : one) === etag;
  });
}

/** Answers that nothing has changed. @see RFC 9110 15.4.5 */
export function sendNotModified(res: ServerResponse, etag: string): void {
  res.writeHead(304, { ETag: etag, 'Cache-Control': cacheControl, Vary: vary });
  res.end();
}

/** Kept by the asker alone, and asked about each time: a right may have gone, an Instance may be deleted. */
export const cacheControl = 'private, no-cache';

/** What of a request chooses among representations; the Origin for the headers of CORS. */
export const vary = 'Accept, Accept-Encoding, Origin';
