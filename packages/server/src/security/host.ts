import { BuckyError } from '@bucky/dicom';

/** Names and addresses of this very machine, as a Host header spells them. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Tells whether an address to listen on, or a host name, can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return loopback.test(host) || host === '::1';
}

/**
 * Refuses a request whose Host header is neither a loopback name with the port it came in by nor one of `publicHosts`
 * (`name` for any port, or `name:port`). A page that had its name point to this machine would else be of our origin
 * to the browser, and could read everything (DNS rebinding). Throws `forbidden`.
 * @see RFC 9110 7.2
 */
export function checkHost(header: string | undefined, port: number | undefined, publicHosts: readonly string[]): void {
  const [, name, itsPort] = /^(\[[\da-f:.]+\]|[^:@/\s]+)(?::(\d+))?$/i.exec(header ?? '') ?? [];
  if (name !== undefined) {
    const asked = name.toLowerCase();
    if (isLoopback(asked) && Number(itsPort ?? 80) === port) return;
    const known = publicHosts.map((host) => host.toLowerCase());
    if (known.includes(asked) || (itsPort !== undefined && known.includes(`${asked}:${itsPort}`))) return;
  }
  throw new BuckyError('forbidden', 'The Host header names neither this machine nor a configured public host');
}
