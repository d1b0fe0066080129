import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bytes } from '@bucky/dicom';
import type { ObjectKey } from '../vault.js';
import { openFolderVault } from './folder-vault.js';
import { Publisher } from './publish.js';

const key = 'studies/1/2/3.dcm' as ObjectKey;

describe('folder vault on its disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bucky-folder-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('removes what an earlier process left half written', async () => {
    await mkdir(join(folder, '.incoming'));
    await writeFile(join(folder, '.incoming', 'left'), 'half');
    const vault = await openFolderVault({ folder });
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
    await vault.close();
  });

  it('leaves no draft behind, however a put ends', async () => {
    const vault = await openFolderVault({ folder });
    await vault.putNew(key, bytes('first'));
    await expect(vault.putNew(key, bytes('second'))).rejects.toMatchObject({ code: 'exists' });
    await expect(vault.putNew('a' as ObjectKey, bytes('short'), { size: 9 })).rejects.toMatchObject({
      code: 'corrupt',
    });
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
    expect((await stat(join(folder, key))).nlink).toBe(1);
  });

  it('removes folders that a delete leaves empty, and makes them again', async () => {
    const vault = await openFolderVault({ folder });
    for (let round = 0; round < 20; round += 1) {
      await vault.putNew(key, bytes('x'));
      const other = 'studies/1/2/4.dcm' as ObjectKey;
      await Promise.all([vault.delete(key), vault.putNew(other, bytes('y'))]);
      expect(await vault.stat(other)).toEqual({ size: 1 });
      await vault.delete(other);
    }
    expect(await readdir(folder)).toEqual(['.incoming']);
  });

  it('lists nothing that is not its own', async () => {
    const vault = await openFolderVault({ folder });
    await vault.putNew(key, bytes('x'));
    await writeFile(join(folder, 'studies', '.DS_Store'), '');
    await writeFile(join(folder, 'a name with blanks'), '');
    await symlink('/etc/hostname', join(folder, 'link'));
    const listed = [];
    for await (const object of vault.list('')) listed.push(object.key);
    expect(listed).toEqual([key]);
  });

  it('replaces nothing on a file system without hard links, and tells of it', async () => {
    const noLinks = () => Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' }));
    const vault = await openFolderVault({ folder, publisher: new Publisher(noLinks) });
    const puts = Array.from({ length: 20 }, (_, index) => vault.putNew(key, bytes(String(index))));
    const outcomes = await Promise.allSettled(puts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(join(folder, '.incoming'))).toEqual([]);
    expect(await vault.check()).toEqual([expect.stringMatching(/no hard links/)]);
  });

  it('keeps to full and unavailable when the disk refuses', async () => {
    for (const [code, expected] of [
      ['ENOSPC', 'full'],
      ['EDQUOT', 'full'],
      ['EIO', 'unavailable'],
    ] as const) {
      const refusing = () => Promise.reject(Object.assign(new Error(code), { code, syscall: 'link' }));
      const vault = await openFolderVault({ folder, publisher: new Publisher(refusing) });
      await expect(vault.putNew(key, bytes('x'))).rejects.toMatchObject({ code: expected });
      expect(await vault.stat(key)).toBeUndefined();
      expect(await readdir(join(folder, '.incoming'))).toEqual([]);
    }
  });

  it('says unavailable, not a bug, when a file has taken the place of the folder', async () => {
    const root = join(folder, 'vault');
    const vault = await openFolderVault({ folder: root });
    await rm(root, { recursive: true });
    await writeFile(root, '');
    await expect(vault.putNew(key, bytes('x'))).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('refuses a folder that it cannot use', async () => {
    await writeFile(join(folder, 'file'), '');
    const opened = openFolderVault({ folder: join(folder, 'file') });
    await expect(opened).rejects.toMatchObject({ code: 'configuration' });
  });
});

async function* bytes(text: string): Bytes {
  yield await Promise.resolve(Buffer.from(text));
}
