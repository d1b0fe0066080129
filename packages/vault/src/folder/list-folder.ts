import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfAborted } from '../body.js';
import { isObjectKey } from '../layout.js';
import type { ListedObject, ObjectKey } from '../vault.js';
import { folderError, isErrno } from './folder-error.js';

interface Listing {
  readonly prefix: string;
  readonly after: string;
  readonly signal: AbortSignal | undefined;
}

/** How many files are asked for their size at once. */
const statsAtOnce = 16;

/** Lists the files below a folder in the order of their keys; what cannot be a key is left out. */
export async function* listFolder(root: string, listing: Listing): AsyncIterable<ListedObject> {
  try {
    yield* listBelow(root, '', listing);
  } catch (error) {
    throw folderError(error, 'list the folder');
  }
}

async function* listBelow(root: string, path: string, listing: Listing): AsyncIterable<ListedObject> {
  let files: ObjectKey[] = [];
  for (const { key, isFolder } of await entries(root, path)) {
    throwIfAborted(listing.signal);
    if (!mayHold(key, listing, isFolder)) continue;
    if (!isFolder) files.push(key as ObjectKey);
    if (!isFolder && files.length < statsAtOnce) continue;
    yield* sized(root, files);
    files = [];
    if (isFolder) yield* listBelow(root, key, listing);
  }
  yield* sized(root, files);
}

/** Keys of a folder's entries, folders with `/` at their end, by which `a-b` comes before what lies in `a/`. */
async function entries(root: string, path: string): Promise<{ key: string; isFolder: boolean }[]> {
  const found = await readFolder(join(root, path));
  return found
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && isObjectKey(entry.name))
    .map((entry) => ({ key: `${path}${entry.name}${entry.isDirectory() ? '/' : ''}`, isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function readFolder(path: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []; // Deleted while we listed.
    throw error;
  }
}

function mayHold(key: string, { prefix, after }: Listing, isFolder: boolean): boolean {
  if (!isFolder) return key.startsWith(prefix) && key > after;
  return (key.startsWith(prefix) || prefix.startsWith(key)) && (key > after || after.startsWith(key));
}

async function* sized(root: string, keys: readonly ObjectKey[]): AsyncIterable<ListedObject> {
  const sizes = await Promise.all(keys.map((key) => sizeOf(join(root, key))));
  for (const [index, key] of keys.entries()) {
    const size = sizes[index];
    if (size !== undefined) yield { key, size };
  }
}

/** Gets the size of a file, undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
