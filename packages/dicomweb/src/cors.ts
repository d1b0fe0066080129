import type { ServerResponse } from 'node:http';
import type { Request } from 'express';

const exposed =
  'Content-Length, Content-Range, Content-Encoding, ETag, Retry-After, Warning, X-Request-Id, X-Total-Count';
const asked = 'Accept, Authorization, Content-Type, Content-Encoding, If-Match, If-None-Match, If-Range, Range';

/** Lets pages of the configured origins read the answer; to others nothing is said. @see Fetch 3.3 */
export function allowOrigin(req: Request, res: ServerResponse, origins: readonly string[]): boolean {
  const { origin } = req.headers;
  if (origin === undefined || !origins.includes(origin)) return false;
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Expose-Headers', exposed);
  return true;
}

/** Answers OPTIONS: what may be asked here, and to a page of a configured origin that it may. */
export function sendOptions(
  res: ServerResponse,
  { allow, allowed }: { readonly allow: string; readonly allowed: boolean },
): void {
  const preflight = {
    'Access-Control-Allow-Methods': allow,
    'Access-Control-Allow-Headers': asked,
    'Access-Control-Max-Age': '600',
  };
  res.writeHead(204, { Allow: allow, Vary: 'Origin', ...(allowed ? preflight : {}) }).end();
}
