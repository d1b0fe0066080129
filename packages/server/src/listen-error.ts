import { BuckyError } from '@bucky/dicom';

/** Why an address cannot be had and what to do, by the system's code. */
const tcpRemedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses this port; end it or choose another with BUCKY_PORT',
  EACCES: 'this user may not use this port, as those below 1024; choose a higher one with BUCKY_PORT',
  EADDRNOTAVAIL: 'this machine has no such address; correct BUCKY_HOST',
  EAFNOSUPPORT: 'this machine does not speak this kind of address; correct BUCKY_HOST',
  ENOTFOUND: 'the name has no address; correct BUCKY_HOST',
  EAI_AGAIN: 'the name server does not answer; name an address in BUCKY_HOST',
};

/** The same for the local socket. */
const socketRemedies: Readonly<Record<string, string>> = {
  EISDIR: 'a folder stands there; move it away',
  ENOTEMPTY: 'a folder stands there; move it away',
  EACCES: 'this user may not write in the data folder; give it the right to',
  EPERM: 'this user or file system may not hold sockets; choose another data folder',
  ENOTSUP: 'the file system knows no sockets; choose another data folder and name the vault with BUCKY_VAULT',
  EOPNOTSUPP: 'the file system knows no sockets; choose another data folder and name the vault with BUCKY_VAULT',
  EROFS: 'the file system is mounted read only; mount it for writing',
  ENOSPC: 'the disk is full; free space',
};

/** Makes the error of an address, or the path of a socket, that cannot be listened on. */
export function listenError(cause: unknown, what: string, kind: 'tcp' | 'socket'): BuckyError {
  const { code } = cause as { readonly code?: unknown };
  const said = typeof code === 'string' ? code : 'unknown error';
  const why = (kind === 'tcp' ? tcpRemedies : socketRemedies)[said] ?? said;
  return new BuckyError('configuration', `Cannot listen on ${what}: ${why}`, { cause });
}
