import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseUid } from '@bucky/dicom';
import { conflictKey, instanceKey, type ObjectKey, type Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { deleteTarget } from '../change/delete.js';
import { writeJson } from '../change/facts.js';
import { exampleFile, exampleTarget, type ExampleFile } from '../example-file.js';
import { receiptMaker } from '../receive/receipt.js';
import { takeInstance } from '../receive/receive-instance.js';
import { all, exampleArchive, keysOf, storeExample, type ExampleArchive } from './example-archive.js';
import { sweep, type SweepOptions } from './sweep.js';
import { verify } from './verify.js';

const scope = { kind: 'everything' } as const;
const hourMs = 3_600_000;
const graceMs = 24 * hourMs;
const seed = Number(process.env['BUCKY_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let example: ExampleArchive;
let vault: Vault;
let archive: Archive;

beforeEach(async () => {
  example = await exampleArchive();
  ({ vault } = example);
  archive = await example.open();
});

afterEach(async () => {
  await example.remove();
});

/** A receipt as one that was made so many hours ago. */
function receiptOf(hours: number): string {
  return receiptMaker({ now: () => Date.now() - hours * hourMs }).next();
}

/** Puts an original into the vault that no catalog knows. */
async function orphan(hours: number, file: ExampleFile, bytes: Uint8Array = exampleFile(file)): Promise<ObjectKey> {
  const { studyUid = '1.2.3', seriesUid = '1.2.3.4', instanceUid } = file;
  const uids = { studyUid: parseUid(studyUid), seriesUid: parseUid(seriesUid), instanceUid: parseUid(instanceUid) };
  const key = instanceKey(uids, receiptOf(hours));
  await vault.putNew(key, Readable.from([bytes]));
  return key;
}

async function swept(options: Partial<SweepOptions> = {}) {
  const events = await all(sweep(archive, { graceMs, ...options }));
  return {
    orphans: events.filter((event) => event.kind === 'orphan'),
    left: events.filter((event) => event.kind === 'left'),
    ended: events.at(-1),
  };
}

describe('a sweep', () => {
  it('removes what a crash left between vault and catalog, once it is old enough', async () => {
    const old = await orphan(25, { instanceUid: '1.2.3.4.1' });
    const young = await orphan(23, { instanceUid: '1.2.3.4.2' });
    await storeExample(archive, { instanceUid: '1.2.3.4.3' });
    const before = await keysOf(vault);
    const { orphans, ended } = await swept();
    expect(orphans).toMatchObject([{ key: old, reason: 'not-acknowledged', removed: true }]);
    expect(ended).toMatchObject({ kind: 'ended', removed: 1, young: 1, left: 0 });
    expect(await keysOf(vault)).toEqual(before.filter((key) => key !== old));
    expect(before).toContain(young);
    expect((await swept()).ended).toMatchObject({ removed: 0, young: 1 });
  });

  it('removes nothing in a dry run, and tells of the same', async () => {
    const key = await orphan(25, { instanceUid: '1.2.3.4.1' });
    const { orphans, ended } = await swept({ dryRun: true });
    expect(orphans).toMatchObject([{ key, removed: false }]);
    expect(ended).toMatchObject({ removed: 0, bytes: 0 });
    expect(await vault.stat(key)).toBeDefined();
  });

  it('touches no file that is live, aside, hidden or replaced, however old', async () => {
    const now = new Date(Date.now() + 10 * graceMs);
    await storeExample(archive, { instanceUid: '1.2.3.4.1' });
    await storeExample(archive, { instanceUid: '1.2.3.4.1', patientName: 'Other^Ada' });
    await storeExample(archive, { instanceUid: '1.2.3.4.2' });
    await deleteTarget(archive, exampleTarget('1.2.3.4.2'), { scope, by: 'test' });
    const before = await keysOf(vault);
    expect((await swept({ now })).ended).toMatchObject({ removed: 0, young: 0, left: 0 });
    expect(await keysOf(vault)).toEqual(before);
  });

  it('removes what lost a race of the same bytes, unless the winner is gone from the vault', async () => {
    await storeExample(archive, { instanceUid: '1.2.3.4.1' });
    await storeExample(archive, { instanceUid: '1.2.3.4.2' });
    const twin = await orphan(25, { instanceUid: '1.2.3.4.1' });
    const last = await orphan(25, { instanceUid: '1.2.3.4.2' });
    const winner = (await keysOf(vault)).find((key) => key.includes('/1.2.3.4.2.') && key !== last)!;
    await vault.delete(winner);
    const { orphans, left } = await swept();
    expect(orphans).toMatchObject([{ key: twin, reason: 'same-bytes', removed: true }]);
    expect(left).toMatchObject([{ key: last, reason: 'acknowledged' }]);
    expect(await vault.stat(last)).toBeDefined();
  });

  it('leaves what cannot be read, and what a record says was acknowledged', async () => {
    const unreadable = await orphan(25, { instanceUid: '1.2.3.4.1' }, Buffer.from('no DICOM at all'));
    const named = await orphan(25, { instanceUid: '1.2.3.4.2' });
    await writeJson(vault, conflictKey(named.slice(-30, -4)), { key: named, studyUid: '1.2.3' });
    const { orphans, left } = await swept();
    expect(orphans).toEqual([]);
    expect(left).toMatchObject([
      { key: unreadable, reason: 'unreadable' },
      { key: named, reason: 'acknowledged' },
    ]);
    expect(await vault.stat(named)).toBeDefined();
  });

  it('removes the record of a conflict whose file is gone, and no other record', async () => {
    await storeExample(archive, { instanceUid: '1.2.3.4.1' });
    await storeExample(archive, { instanceUid: '1.2.3.4.1', patientName: 'Other^Ada' });
    const gone = receiptOf(30);
    const key = instanceKey(exampleTarget('1.2.3.4.9'), gone);
    await writeJson(vault, conflictKey(gone), { receipt: gone, key, studyUid: '1.2.3' });
    await writeJson(vault, conflictKey(receiptOf(1)), { key, studyUid: '1.2.3' });
    await writeJson(vault, conflictKey(receiptOf(31)), { of: 'another kind' });
    const before = await keysOf(vault);
    const { orphans } = await swept();
    expect(orphans).toMatchObject([{ key: conflictKey(gone), reason: 'nothing-named', removed: true }]);
    expect(await keysOf(vault)).toEqual(before.filter((one) => one !== conflictKey(gone)));
  });

  it('refuses to remove so much that the catalog must be an old one, unless told to', async () => {
    for (let number = 1; number <= 21; number += 1) await orphan(25, { instanceUid: `1.2.3.4.${number}` });
    await expect(swept()).rejects.toMatchObject({ code: 'conflict' });
    expect(await keysOf(vault, 'studies/')).toHaveLength(21);
    expect((await swept({ dryRun: true })).orphans).toHaveLength(21);
    expect((await swept({ all: true })).ended).toMatchObject({ removed: 21 });
  });

  it('lets no upload enter a file whose object it has removed', async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let stored = (): void => undefined;
    const isStored = new Promise<void>((resolve) => (stored = resolve));
    // An upload that is held up between vault and catalog for longer than the grace time.
    const slow: Archive = {
      ...archive,
      commits: {
        async commit(record) {
          stored();
          await held;
          return archive.commits.commit(record);
        },
      },
    };
    const taking = takeInstance(slow, Readable.from([exampleFile({ instanceUid: '1.2.3.4.1' })]), { source: 'test' });
    await isStored;
    const { ended } = await swept({ now: new Date(Date.now() + 2 * graceMs) });
    goOn();
    expect(ended).toMatchObject({ removed: 1 });
    expect(await (await taking).outcome).toMatchObject({ kind: 'failed', error: { code: 'unavailable' } });
    expect(await storeExample(archive, { instanceUid: '1.2.3.4.1' })).toMatchObject({ kind: 'stored' });
    expect((await all(verify(archive))).at(-1)).toMatchObject({ files: 1, damaged: 0 });
  });
});

function randomOf(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
}

describe('whatever was stored, left and deleted, a sweep', () => {
  it.each([0, 1, 2, 3])(`removes the old orphans, and nothing known or young (seed ${seed} + %i)`, async (run) => {
    const random = randomOf(seed + run);
    const name = () => `1.2.3.4.${random(6)}`;
    const [old, kept]: [ObjectKey[], ObjectKey[]] = [[], []];
    for (let step = 0; step < 40; step += 1) {
      const file = { instanceUid: name(), patientName: `Name^${random(3)}` };
      const kind = random(5);
      if (kind === 0 && old.length < 20)
        old.push(await orphan(25 + random(1000), { ...file, instanceUid: `1.2.9.${step}` })); // prettier-ignore
      else if (kind === 1) kept.push(await orphan(random(24), file));
      else if (kind === 2)
        await deleteTarget(archive, exampleTarget(file.instanceUid), { scope, by: 'test' }).catch(() => undefined); // prettier-ignore
      else await storeExample(archive, file);
    }
    const before = await keysOf(vault);
    const { orphans, ended } = await swept();
    expect(orphans.map(({ key }) => key).sort()).toEqual([...old].sort());
    expect(ended).toMatchObject({ removed: old.length, young: kept.length, left: 0 });
    expect(await keysOf(vault)).toEqual(before.filter((key) => !old.includes(key)));
    expect((await all(verify(archive))).at(-1)).toMatchObject({ damaged: 0 });
  });

  it('takes nothing away from uploads that go on beside it, without any grace time', async () => {
    const uploads = Array.from({ length: 120 }, (_, number) => ({ instanceUid: `1.2.3.4.${number % 60}` }));
    const sweeping = (async () => {
      for (let turn = 0; turn < 15; turn += 1) await swept({ graceMs: 0, all: true });
    })();
    const outcomes = await Promise.all(uploads.map((file) => storeExample(archive, file)));
    await sweeping;
    for (const outcome of outcomes) {
      if (outcome.kind === 'failed') expect(outcome.error.code).toBe('unavailable');
    }
    const stored = new Set(outcomes.flatMap((one) => (one.kind === 'stored' ? [one.identity.instanceUid] : [])));
    const { instances } = await archive.catalog.counts(scope);
    expect(instances).toBe(stored.size);
    expect((await all(verify(archive))).at(-1)).toMatchObject({ files: stored.size, damaged: 0 });
  });
});
