import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileErrorReason } from '../file-error.js';

/** A file to import, or a path that could not be looked at, and why. */
export type WalkedPath =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly size: number;
      /** When its bytes were last changed, in milliseconds since 1970. */
      readonly changed: number;
    }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string };

/**
 * Finds the files at and below paths, each folder in the order of its names. Holds the names of the folders it stands in, no
 * more. Links are followed, but never into a folder it is already inside; what is neither file nor folder is passed by.
 */
export async function* walk(paths: readonly string[]): AsyncIterable<WalkedPath> {
  for (const path of paths) yield* walkPath(path, new Set());
}

async function* walkPath(path: string, inside: ReadonlySet<string>): AsyncIterable<WalkedPath> {
  try {
    const found = await stat(path);
    if (found.isFile()) {
      yield { kind: 'file', path, size: found.size, changed: found.mtimeMs };
      return;
    }
    if (!found.isDirectory()) return;
    const identity = `${found.dev}:${found.ino}`;
    if (inside.has(identity)) return;
    const names = await namesIn(path);
    const deeper = new Set([...inside, identity]);
    for (const name of names) yield* walkPath(join(path, name), deeper);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined) throw error;
    yield { kind: 'unreadable', path, reason: fileErrorReason(error) };
  }
}

async function namesIn(path: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of await opendir(path)) names.push(name);
  return names.sort();
}
