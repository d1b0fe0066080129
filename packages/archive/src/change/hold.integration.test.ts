import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { parseUid } from '@bucky/dicom';
import type { ObjectKey, Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { exampleTarget } from '../example-file.js';
import { all, exampleArchive, keysOf, spoil, storeExample, type ExampleArchive } from '../upkeep/example-archive.js';
import { purge } from '../upkeep/purge.js';
import { rebuild } from '../upkeep/rebuild.js';
import { deleteTarget, undelete } from './delete.js';
import { holdStudy, releaseStudy } from './hold.js';

jest.setTimeout(30_000); // several archives each

const scope = { kind: 'everything' } as const;
const studyUid = parseUid('1.2.3');
const hold = { studyUid, by: 'test', reason: 'court' };
const far = { trashMs: 0, now: new Date('2100-01-01') };

let example: ExampleArchive;
let vault: Vault;
let archive: Archive;

beforeEach(async () => {
  example = await exampleArchive();
  ({ vault } = example);
  archive = await example.open();
  for (let number = 1; number <= 3; number += 1) await storeExample(archive, { instanceUid: `1.2.3.4.${number}` });
});

afterEach(async () => {
  await example.remove();
});

const remove = (target: Parameters<typeof deleteTarget>[1]) => deleteTarget(archive, target, { scope, by: 'test' });

describe('a study that is held', () => {
  it.each([
    ['study', { studyUid }],
    ['series', { studyUid, seriesUid: parseUid('1.2.3.4') }],
    ['instance', exampleTarget('1.2.3.4.1')],
  ])('cannot be deleted as a %s, until it is released', async (_level, target) => {
    await holdStudy(archive, hold);
    await expect(remove(target)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('is held'),
    });
    expect(await keysOf(vault, 'deletions/')).toEqual([]);
    await releaseStudy(archive, { studyUid, by: 'test' });
    expect(await remove(target)).toMatchObject({ receipt: expect.any(String) });
  });

  it('is not purged when it was deleted before, can be undeleted, and is purged once it is released', async () => {
    const { receipt } = await remove({ studyUid });
    await holdStudy(archive, hold);
    const before = await keysOf(vault);
    expect(await all(purge(archive, far))).toMatchObject([
      { kind: 'held', deletion: receipt, studyUid },
      { deletions: 0 },
    ]);
    expect(await all(purge(archive, { ...far, dryRun: true }))).toMatchObject([{ kind: 'held' }, { deletions: 0 }]);
    expect(await keysOf(vault)).toEqual(before);
    await undelete(archive, receipt, { by: 'test' });
    await releaseStudy(archive, { studyUid, by: 'test' });
    await remove({ studyUid });
    expect((await all(purge(archive, far))).at(-1)).toMatchObject({ deletions: 1, files: 3 });
  });

  it('loses nothing any more from the moment the hold is set, also in the middle of a purge', async () => {
    for (let number = 4; number <= 250; number += 1) await storeExample(archive, { instanceUid: `1.2.3.4.${number}` });
    await remove({ studyUid });
    let left: readonly ObjectKey[] = [];
    const events = [];
    for await (const event of purge(archive, far)) {
      events.push(event.kind);
      if (event.kind !== 'progress' || left.length > 0) continue;
      await holdStudy(archive, hold);
      left = await keysOf(vault, 'studies/');
    }
    expect(events).toEqual(['progress', 'held', 'ended']);
    expect(left).toHaveLength(150);
    expect(await keysOf(vault, 'studies/')).toEqual(left);
  });

  it('is held again after catalog and ledger were lost', async () => {
    await holdStudy(archive, hold);
    await holdStudy(archive, { ...hold, studyUid: parseUid('1.2.9') });
    await releaseStudy(archive, { studyUid: parseUid('1.2.9'), by: 'test' });
    const again = await example.open();
    await rebuild(again);
    expect(await again.ledger.holds({ after: '', limit: 9 })).toEqual(
      await archive.ledger.holds({ after: '', limit: 9 }),
    );
    await expect(deleteTarget(again, { studyUid }, { scope, by: 'test' })).rejects.toMatchObject({ code: 'conflict' });
  });
});

it('refuses a reason that is no sentence but a book', async () => {
  await expect(holdStudy(archive, { ...hold, reason: 'x'.repeat(1001) })).rejects.toMatchObject({ code: 'invalid' });
});

it('has a damaged record of a hold named by a rebuild, and keeps the others', async () => {
  await holdStudy(archive, hold);
  await holdStudy(archive, { ...hold, studyUid: parseUid('1.2.9') });
  const [key] = await keysOf(vault, 'ledger/holds/');
  await spoil(vault, key!, Buffer.from('{"kind":"hold"}'));
  const again = await example.open();
  expect(await rebuild(again)).toMatchObject({ damaged: [key] });
  expect((await again.ledger.holds({ after: '', limit: 9 })).map((one) => one.studyUid)).toEqual(['1.2.9']);
});
