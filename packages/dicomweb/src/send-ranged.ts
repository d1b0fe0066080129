import { BuckyError, type ByteRange, type Bytes } from '@bucky/dicom';
import { cacheControl, hasVersion, sendNotModified, vary } from './conditional.js';
import { signalOf, type Exchange } from './exchange.js';
import { contentRange, parseRange } from './range.js';
import { sendBody } from './send-body.js';

/** A body of known size that can be opened anywhere. */
export interface RangedBody {
  readonly type: string;
  readonly size: number;
  readonly version: string;
  /** Name under which a browser saves it: ASCII, no quotes. */
  readonly fileName?: string;
  open(options: { readonly range: ByteRange; readonly signal: AbortSignal }): Promise<Bytes>;
}

/** Types that a browser shows without running anything of them in our origin. */
const harmlessTypes: ReadonlySet<string> = new Set([
  'application/pdf',
  'application/octet-stream',
  'application/dicom',
  'image/dicom-rle',
  'image/jls',
  'image/jp2',
  'image/jpeg',
  'image/jphc',
  'image/jpx',
  'image/jxl',
  'video/mp4',
  'video/mpeg',
]);

/** Sends a body, or the range of it that is asked for. Throws `range-unsatisfiable`. @see RFC 9110 14 */
export async function sendRanged({ req, res }: Exchange, body: RangedBody): Promise<void> {
  const etag = `"${body.version}"`;
  if (hasVersion(req, etag)) {
    sendNotModified(res, etag);
    return;
  }
  const ifRange = req.headers['if-range'];
  const isCurrent = ifRange === undefined || ifRange === etag;
  const asked = req.method === 'GET' && isCurrent ? parseRange(req.headers.range, body.size) : 'whole';
  if (asked === 'unsatisfiable') {
    res.setHeader('Content-Range', contentRange(asked, body.size));
    throw new BuckyError('range-unsatisfiable', 'The range begins past the end');
  }
  const range = asked === 'whole' ? { start: 0, end: body.size } : asked;
  const headers = {
    'Content-Type': body.type,
    'Content-Length': range.end - range.start,
    'Accept-Ranges': 'bytes',
    ...(asked === 'whole' ? {} : { 'Content-Range': contentRange(range, body.size) }),
    ...frameHeaders(body.type),
    ...(body.fileName === undefined ? {} : { 'Content-Disposition': `attachment; filename="${body.fileName}"` }),
    ETag: etag,
    'Cache-Control': cacheControl,
    Vary: vary,
  };
  const status = asked === 'whole' ? 200 : 206;
  if (req.method === 'HEAD' || body.size === 0) res.writeHead(status, headers).end();
  else await sendBody(res, { status, headers }, await body.open({ range, signal: signalOf(res) }));
}

/**
 * What a browser may do with it: a PDF is shown inside OHIF, so our own pages may frame it; a type such as HTML, which the
 * file chose, must not run as a page of ours.
 */
function frameHeaders(type: string): Record<string, string> {
  const name = type.split(';')[0] ?? type;
  const policy = "default-src 'none'; frame-ancestors 'self'";
  if (harmlessTypes.has(name)) return { 'Content-Security-Policy': policy };
  return { 'Content-Security-Policy': `${policy}; sandbox`, 'Content-Disposition': 'attachment' };
}
