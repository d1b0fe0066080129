import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HoldFact } from './hold.js';
import type { Ledger } from './ledger.js';
import { memoryLedger } from './memory-ledger.js';
import { openLedger } from './open-ledger.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-ledger-'));
  file = join(folder, 'ledger.sqlite');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = '2026-11-25T12:00:00.000Z';
const hold = (receipt: string, studyUid: string, reason = 'trial'): HoldFact => ({ kind: 'hold', receipt, studyUid, reason, by: 'test', at }); // prettier-ignore
const release = (receipt: string, studyUid: string): HoldFact => ({ kind: 'release', receipt, studyUid, by: 'test', at }); // prettier-ignore

describe.each([
  ['in memory', () => Promise.resolve(memoryLedger())],
  ['in a file', () => openLedger({ file })],
])('a ledger %s', (_where, open) => {
  let ledger: Ledger;
  let journal: HoldFact[];
  const write = (fact: HoldFact): Promise<void> => {
    journal.push(fact);
    return Promise.resolve();
  };

  beforeEach(async () => {
    ledger = await open();
    journal = [];
  });

  afterEach(async () => {
    await ledger.close();
  });

  it('holds studies until they are released, and lists them in pages', async () => {
    await ledger.change(hold('1', '1.2'), write);
    await ledger.change(hold('2', '1.1'), write);
    expect(await ledger.hold('1.2')).toEqual({ studyUid: '1.2', receipt: '1', reason: 'trial', heldBy: 'test', heldAt: at }); // prettier-ignore
    expect((await ledger.holds({ after: '', limit: 1 })).map(({ studyUid }) => studyUid)).toEqual(['1.1']);
    expect((await ledger.holds({ after: '1.1', limit: 9 })).map(({ studyUid }) => studyUid)).toEqual(['1.2']);
    await ledger.change(release('3', '1.2'), write);
    expect(await ledger.hold('1.2')).toBeUndefined();
    expect(journal).toEqual([hold('1', '1.2'), hold('2', '1.1'), release('3', '1.2')]);
  });

  it('refuses to hold twice and to release what is not held, before the journal has it', async () => {
    await ledger.change(hold('1', '1.2'), write);
    await expect(ledger.change(hold('2', '1.2'), write)).rejects.toMatchObject({ code: 'conflict' });
    await expect(ledger.change(release('3', '1.3'), write)).rejects.toMatchObject({ code: 'not-found' });
    expect(journal).toHaveLength(1);
  });

  it('changes nothing that its journal does not have', async () => {
    const failing = ledger.change(hold('1', '1.2'), () => Promise.reject(new Error('the vault is gone')));
    await expect(failing).rejects.toThrow('the vault is gone');
    expect(await ledger.hold('1.2')).toBeUndefined();
    expect(await ledger.newestFact()).toBe('');
  });

  it('is restored from its journal, each fact once', async () => {
    const facts = [hold('1', '1.2'), hold('2', '1.3'), release('3', '1.2'), hold('4', '1.2', 'again')];
    for (const fact of [...facts, ...facts]) await ledger.play(fact);
    expect(await ledger.hold('1.2')).toMatchObject({ receipt: '4', reason: 'again' });
    expect(await ledger.hold('1.3')).toMatchObject({ receipt: '2' });
    expect(await ledger.newestFact()).toBe('4');
  });
});

it('keeps in its file what it was told', async () => {
  const first = await openLedger({ file });
  await first.change(hold('1', '1.2'), () => Promise.resolve());
  await first.close();
  const second = await openLedger({ file });
  expect(await second.hold('1.2')).toMatchObject({ receipt: '1' });
  expect(await second.newestFact()).toBe('1');
  await second.close();
});

it('says what to do about a file that is no ledger', async () => {
  await writeFile(
    file,
    'no database, and long enough to be taken for the beginning of a file of another kind'.repeat(20),
  );
  await expect(openLedger({ file })).rejects.toMatchObject({ code: 'damaged' });
});
