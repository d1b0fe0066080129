import { describe, expect, it } from '@jest/globals';
import { tmpdir } from 'node:os';
import { DirectorySync } from './directory-sync.js';

describe('DirectorySync', () => {
  it('lets all that arrive while a sync runs share the next one, not the running one', async () => {
    const sync = new DirectorySync();
    const calls = Array.from({ length: 100 }, () => sync.sync(tmpdir()));
    expect(new Set(calls).size).toBe(2);
    expect(calls[1]).not.toBe(calls[0]);
    await Promise.all(calls);
    expect(sync.sync(tmpdir())).not.toBe(calls[1]);
  });

  it('tells everybody who waits for a sync that fails, and begins anew', async () => {
    const sync = new DirectorySync();
    const missing = `${tmpdir()}/bucky-no-such-folder`;
    const outcomes = await Promise.allSettled([sync.sync(missing), sync.sync(missing), sync.sync(missing)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(sync.sync(missing)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(sync.sync(tmpdir())).resolves.toBeUndefined();
  });
});
