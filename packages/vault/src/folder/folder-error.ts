import { BuckyError } from '@bucky/dicom';

/** What to do about a failure of the file system, by its code; one that is not here is a bug or a broken disk. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'the process may not use it; give its user the right to read and write the folder',
  EPERM: 'the process may not use it; give its user the right to read and write the folder',
  EROFS: 'the file system is mounted read only; mount it for writing',
  EMFILE: 'too many files are open; raise the limit (ulimit -n) or lower the number of requests at once',
  ENFILE: 'too many files are open on this machine; raise the limit of the system',
  EIO: 'the disk reports an I/O error; look at the log of the system before anything else is written',
  ESTALE: 'the network file system lost the file; mount it again',
  ENOTCONN: 'the network file system is not connected; mount it again',
  ENOENT: 'a folder is missing or cannot be made there; is the disk mounted?',
  ENOTDIR: 'a file stands where a folder should be',
  EEXIST: 'a file stands where a folder should be',
};

/** Turns a failure of the file system into a BuckyError: `full` when there is no room, else `unavailable`. */
export function folderError(thrown: unknown, tried: string): unknown {
  if (!isErrno(thrown)) return thrown;
  const { code } = thrown;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new BuckyError('full', `Cannot ${tried}: the disk is full; free space or enlarge it`, { cause: thrown });
  }
  return new BuckyError('unavailable', `Cannot ${tried}: ${remedies[code] ?? code}`, { cause: thrown });
}

/**
 * Tells whether an error came from the file system, with one of the given codes if any are given. Goes by its fields:
 * Node's own errors are no `Error` of the realm that a test runs in.
 */
export function isErrno(thrown: unknown, ...codes: readonly string[]): thrown is { readonly code: string } {
  if (typeof thrown !== 'object' || thrown === null || !('syscall' in thrown) || !('code' in thrown)) return false;
  return typeof thrown.code === 'string' && (codes.length === 0 || codes.includes(thrown.code));
}
