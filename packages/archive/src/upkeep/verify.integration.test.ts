import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BuckyError, parseUid } from '@bucky/dicom';
import type { ObjectKey, Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { deleteTarget } from '../change/delete.js';
import { joined } from '../retrieve/stored-bytes.js';
import { all, exampleArchive, keysOf, spoil, storeExample, type ExampleArchive } from './example-archive.js';
import { verify, type VerifyEvent, type VerifyOptions } from './verify.js';

const scope = { kind: 'everything' } as const;

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

async function storeSome(count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) await storeExample(archive, { instanceUid: `1.2.3.4.${number}` });
}

async function verified(options: VerifyOptions = {}) {
  const events = await all(verify(archive, options));
  const damaged = events.filter((event) => event.kind === 'damaged');
  return { damaged, ended: events.at(-1) as Extract<VerifyEvent, { kind: 'ended' }> };
}

async function keyOf(instanceUid: string): Promise<ObjectKey> {
  return (await keysOf(vault, 'studies/')).find((key) => key.includes(`/${instanceUid}.`))!;
}

describe('a verification', () => {
  it('finds nothing wrong with files that are as they were received, aside and hidden ones included', async () => {
    await storeSome(3);
    await storeExample(archive, { instanceUid: '1.2.3.4.1', patientName: 'Other^Ada' });
    const target = { studyUid: parseUid('1.2.3'), seriesUid: parseUid('1.2.3.4'), instanceUid: parseUid('1.2.3.4.3') };
    await deleteTarget(archive, target, { scope, by: 'test' });
    const { damaged, ended } = await verified();
    expect(damaged).toEqual([]);
    const sizes = await all(vault.list('studies/'));
    expect(ended).toEqual({
      kind: 'ended',
      files: 4,
      bytes: sizes.reduce((sum, { size }) => sum + size, 0),
      damaged: 0,
      atEnd: true,
    });
  });

  it('names what is missing, longer, shorter or changed, in the order of receipt', async () => {
    await storeSome(6);
    const bytesOf = async (key: ObjectKey) => Uint8Array.from(await joined(await vault.read(key)));
    const [one, two, three, four] = await Promise.all([1, 2, 4, 6].map((number) => keyOf(`1.2.3.4.${number}`)));
    await vault.delete(one!);
    await spoil(vault, two!, (await bytesOf(two!)).subarray(1));
    await spoil(vault, three!, Buffer.concat([await bytesOf(three!), Buffer.of(0)]));
    const changed = await bytesOf(four!);
    changed[changed.length - 1]! ^= 1;
    await spoil(vault, four!, changed);
    const { damaged, ended } = await verified();
    expect(damaged).toMatchObject([
      { key: one, damage: 'missing', studyUid: '1.2.3', seriesUid: '1.2.3.4', instanceUid: '1.2.3.4.1' },
      { key: two, damage: 'wrong-size', instanceUid: '1.2.3.4.2' },
      { key: three, damage: 'wrong-size', instanceUid: '1.2.3.4.4' },
      { key: four, damage: 'wrong-bytes', instanceUid: '1.2.3.4.6' },
    ]);
    expect(ended).toMatchObject({ files: 6, damaged: 4, atEnd: true });
  });

  it('goes on where the last one with a budget ended, and begins anew after the last file', async () => {
    await storeSome(5);
    const { size } = (await all(vault.list('studies/')))[0]!;
    await vault.delete(await keyOf('1.2.3.4.4'));
    const runs = [];
    for (let run = 0; run < 4; run += 1) {
      const { damaged, ended } = await verified({ bytes: 2 * size });
      runs.push([ended.files, damaged.length, ended.atEnd]);
    }
    expect(runs).toEqual([[2, 0, false], [2, 1, false], [1, 0, true], [2, 0, false]]); // prettier-ignore
  });

  it('reads at least one file, however small its budget, and all of them without one', async () => {
    await storeSome(3);
    expect((await verified({ bytes: 1 })).ended.files).toBe(1);
    expect((await verified()).ended.files).toBe(3);
    expect((await verified({ bytes: 1 })).ended).toMatchObject({ files: 1, atEnd: false });
    expect((await verified({ bytes: 1 })).ended).toMatchObject({ files: 1, atEnd: true });
  });

  it('keeps its place when it is left in the middle', async () => {
    await storeSome(70);
    for await (const event of verify(archive, { bytes: 2 ** 40 })) if (event.kind === 'progress') break;
    expect((await verified({ bytes: 2 ** 40 })).ended).toMatchObject({ files: 38, atEnd: true });
  });

  it('ends when it is called off', async () => {
    await storeSome(2);
    await expect(verified({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('finds nothing in an empty archive', async () => {
    expect((await verified({ bytes: 1 })).ended).toMatchObject({ files: 0, bytes: 0, atEnd: true });
  });
});

describe('a verification of a store in trouble', () => {
  it.each([
    ['names what cannot be read', 7, 7],
    ['fails when nothing can be read any more', 30, undefined],
  ])('%s', async (_rule, unreadable, expected) => {
    await storeSome(30);
    const keys = new Set((await keysOf(vault, 'studies/')).slice(0, unreadable));
    const failing: Vault = {
      ...vault,
      read: (key, options) =>
        keys.has(key) ? Promise.reject(new BuckyError('unavailable', 'no answer')) : vault.read(key, options),
    };
    archive = { ...archive, vault: failing };
    if (expected === undefined) await expect(verified()).rejects.toMatchObject({ code: 'unavailable' });
    else expect((await verified()).damaged.map(({ damage }) => damage)).toEqual(Array(expected).fill('unreadable'));
  });
});
