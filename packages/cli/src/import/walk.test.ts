import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { walk } from './walk.js';

/** A folder with files of the given names; a name that ends in `/` is an empty folder. */
function folderOf(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'bucky-walk-'));
  for (const name of names) {
    mkdirSync(join(folder, name.endsWith('/') ? name : join(name, '..')), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(join(folder, name), name);
  }
  return folder;
}

async function walked(folder: string, ...paths: string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const one of walk(paths.map((path) => join(folder, path)))) {
    found.push(`${one.kind} ${relative(folder, one.path)}${one.kind === 'file' ? ` ${one.size}` : ` ${one.reason}`}`);
  }
  return found;
}

describe('walk', () => {
  it('finds all files below a folder, each folder in the order of its names', async () => {
    const folder = folderOf('b/2', 'b/10', 'a', 'c/d/e', 'empty/', '.hidden');
    expect(await walked(folder, '.')).toEqual([
      'file .hidden 7',
      'file a 1',
      'file b/10 4',
      'file b/2 3',
      'file c/d/e 5',
    ]);
  });

  it('takes files and folders in the order they are named', async () => {
    const folder = folderOf('a', 'b/1', 'c');
    expect(await walked(folder, 'c', 'b', 'a')).toEqual(['file c 1', 'file b/1 3', 'file a 1']);
  });

  it('follows links, but never round in a circle', async () => {
    const folder = folderOf('a/1', 'elsewhere/2');
    symlinkSync(folder, join(folder, 'a/up'));
    symlinkSync('.', join(folder, 'a/self'));
    symlinkSync('../elsewhere', join(folder, 'a/there'));
    expect(await walked(folder, 'a')).toEqual(['file a/1 3', 'file a/there/2 11', 'file a/up/elsewhere/2 11']);
  });

  it('goes on past what cannot be looked at, and says why', async () => {
    const folder = folderOf('a', 'c');
    symlinkSync('nowhere', join(folder, 'b'));
    expect(await walked(folder, '.', 'missing')).toEqual([
      'file a 1',
      'unreadable b there is no such file or folder',
      'file c 1',
      'unreadable missing there is no such file or folder',
    ]);
  });
});
