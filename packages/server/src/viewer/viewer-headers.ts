/** Media types of the viewer's files by the end of their names. */
const mediaTypes: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  jpg: 'image/jpeg',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webapp: 'application/json; charset=utf-8',
  woff2: 'font/woff2',
  xml: 'application/xml',
};

const ending = (name: string): string => /\.([a-z\d]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';

/** Media type of a file by its name. */
export function mediaTypeOf(name: string): string {
  return mediaTypes[ending(name)] ?? 'application/octet-stream';
}

/** Tells whether a path names a file, not a page of the viewer: HTML in place of a missing script gives obscure errors. */
export function looksLikeFile(path: string): boolean {
  return mediaTypes[ending(path)] !== undefined;
}

/** Names with 16 hexadecimal digits are hashes of what is in the file; all others may change with the next version. */
export function cacheControlOf(name: string): string {
  return /(?:^|\.)[\da-f]{16}\.[a-z\d]+$/.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache';
}

/**
 * Headers of every answer below /viewer/. The decoders of JPEG-LS, JPEG 2000 and HTJ2K and the drawing of SEG build
 * functions from text, hence `unsafe-eval`, here and nowhere else.
 * @see CSP Level 3
 */
export function viewerHeaders(scriptHashes: readonly string[]): Readonly<Record<string, string>> {
  const inline = scriptHashes.map((hash) => `'${hash}'`).join(' ');
  const policy = [
    `default-src 'none'`,
    `script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval' ${inline}`.trimEnd(),
    `style-src 'self' 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `connect-src 'self'`,
    `font-src 'self'`,
    `worker-src 'self'`,
    `object-src 'self' blob:`,
    `frame-src 'self' blob:`,
    `media-src 'self' blob:`,
    `manifest-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'self'`,
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    // The address of a page holds Study Instance UIDs, which no other site needs to know.
    'Referrer-Policy': 'no-referrer',
  };
}
