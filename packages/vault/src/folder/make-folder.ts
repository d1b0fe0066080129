import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './folder-error.js';

/**
 * Makes a folder and all above it, for this user alone; one that is there is no error. Node's own `recursive` never ends
 * where a folder says that it has room for none (`/proc`): there it tries for ever. Throws what the file system says.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isErrno(error, 'ENOENT') && dirname(path) !== path) {
      await makeFolder(dirname(path));
      await makeLast(path);
    } else if (!isErrno(error, 'EEXIST') || !(await isFolder(path))) throw error;
  }
}

async function makeLast(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error; // another process was quicker
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}
