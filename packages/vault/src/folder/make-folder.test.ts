import { existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makeFolder } from './make-folder.js';

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'bucky-'));

describe('makeFolder', () => {
  it('makes all that is missing, for this user alone, and leaves what is there', async () => {
    const folder = newFolder();
    await makeFolder(join(folder, 'a', 'b', 'c'));
    await makeFolder(join(folder, 'a', 'b', 'c'));
    for (const name of ['a', 'a/b', 'a/b/c']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o700);
  });

  it('refuses a file where a folder should be', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    await expect(makeFolder(file)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeFolder(join(file, 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  (existsSync('/proc/self') ? it : it.skip)('ends where no folder can be made', async () => {
    await expect(makeFolder('/proc/bucky/a')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
