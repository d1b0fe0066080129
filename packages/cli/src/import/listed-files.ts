import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BuckyError, readFileIds } from '@bucky/dicom';
import type { Found } from './found-file.js';

/** Names in folders that are kept while a DICOMDIR is checked. */
const foldersKept = 100;

/**
 * Tells which of the files that a DICOMDIR lists are missing beside it. The files themselves are found by walking; a path in
 * a DICOMDIR is only looked for, never opened, and never outside its folder.
 * @see PS3.10 8.5
 */
export async function* missingFiles(dicomdir: string): AsyncIterable<Found> {
  const folder = dirname(dicomdir);
  const folders = new Map<string, ReadonlyMap<string, string>>();
  let fileIds: readonly (readonly string[])[];
  try {
    fileIds = await readFileIds(createReadStream(dicomdir));
  } catch (error) {
    if (!(error instanceof BuckyError)) throw error;
    yield { kind: 'failed', path: dicomdir, reason: `the DICOMDIR cannot be read, so nobody knows what is missing` };
    return;
  }
  for (const fileId of fileIds) {
    if (fileId.every(isComponent) && (await exists(folder, fileId, folders))) continue;
    const path = `${folder}/${fileId.join('/').replace(/[^\w ./-]/g, '?')}`;
    yield { kind: 'failed', path, reason: 'listed in the DICOMDIR, but missing' };
  }
}

function isComponent(text: string): boolean {
  return /^[\w .-]{1,64}$/.test(text) && text !== '.' && text !== '..';
}

async function exists(
  folder: string,
  fileId: readonly string[],
  folders: Map<string, ReadonlyMap<string, string>>,
): Promise<boolean> {
  if (await isFile(join(folder, ...fileId))) return true;
  // Media are mounted with their names in lower case, or with version numbers.
  let at = folder;
  for (const component of fileId) {
    const name = (await namesIn(at, folders)).get(plain(component));
    if (name === undefined) return false;
    at = join(at, name);
  }
  return isFile(at);
}

function plain(name: string): string {
  return name.toLowerCase().replace(/;\d+$|\.$|\.;\d+$/, '');
}

async function namesIn(
  folder: string,
  folders: Map<string, ReadonlyMap<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const known = folders.get(folder);
  if (known !== undefined) return known;
  const names = await readdir(folder).catch(() => []); // not there, or no folder: so has nothing
  if (folders.size >= foldersKept) folders.clear();
  const found = new Map(names.map((name) => [plain(name), name]));
  folders.set(folder, found);
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
