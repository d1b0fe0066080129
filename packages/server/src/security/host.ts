import { isIPv4 } from 'node:net';
import { BuckyError } from '@bucky/dicom';

/** Tells whether an address to listen on, or a host name, can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return ['localhost', '[::1]', '::1'].includes(host.toLowerCase()) || (isIPv4(host) && host.startsWith('127.'));
}

/**
 * Refuses a request whose Host header is neither a loopback name, with the port it came in by or none as the PyPI client
 * dicomweb-client sends it, nor one of `publicHosts`
 * (`name` for any port, or `name:port`). A page that had its name point to this machine would else be of our origin
 * to the browser, and could read everything (DNS rebinding). Throws `forbidden`.
 * @see RFC 9110 7.2
 */
export function checkHost(header: string | undefined, port: number | undefined, publicHosts: readonly string[]): void {
  const [, name, itsPort] = /^(\[[\da-f:.]+\]|[^:@/\s]+)(?::(\d+))?$/i.exec(header ?? '') ?? [];
  if (name !== undefined) {
    const asked = name.toLowerCase();
    if (isLoopback(asked) && (itsPort === undefined || Number(itsPort) === port)) return;
    const known = publicHosts.map((host) => host.toLowerCase());
    if (known.includes(asked) || (itsPort !== undefined && known.includes(`${asked}:${itsPort}`))) return;
  }
  throw new BuckyError('forbidden', 'The Host header names neither this machine nor a configured public host');
}
