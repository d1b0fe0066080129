import { BuckyError } from '@bucky/dicom';

/** Methods that change nothing. @see RFC 9110 9.2.1 */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface Asked {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site: what the browser says of the page that asks. @see Fetch Metadata Request Headers 2.4 */
  readonly fetchSite: string | undefined;
}

/**
 * Refuses a write that a page of another origin makes: any page in a browser on this machine can post to a loopback
 * address. What is no browser sends neither header. Throws `forbidden`.
 */
export function checkOrigin({ method, host, origin, fetchSite }: Asked, corsOrigins: readonly string[]): void {
  if (method !== undefined && safeMethods.has(method)) return;
  if (origin !== undefined && corsOrigins.includes(origin)) return;
  const foreignOrigin =
    origin !== undefined && origin.replace(/^https?:\/\//i, '').toLowerCase() !== host?.toLowerCase();
  const foreignSite = fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
  if (foreignOrigin || foreignSite) {
    throw new BuckyError('forbidden', 'A page of another origin may not write here');
  }
}
