import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog, startPurging } from '@bucky/server';
import { expect, it, jest } from '@jest/globals';
import { compose } from '../compose.js';
import { defaultConfig } from '../config.js';
import { newDataFolder, runBucky } from '../test-outside.js';

jest.setTimeout(60_000); // many commands, each of which opens an archive

const fixture = fileURLToPath(new URL('../../../../fixtures/dx-chest.dcm', import.meta.url));

function originals(data: string): readonly string[] {
  const names = readdirSync(join(data, 'archives/main/vault'), { recursive: true }) as string[];
  return names.filter((name) => name.endsWith('.dcm'));
}

/** An archive with one study that was deleted. */
async function deleted() {
  const data = newDataFolder();
  const env = { BUCKY_DATA: data };
  await runBucky(['import', fixture], env);
  const study = originals(data)[0]!.split('/')[1]!;
  const deletion = (await runBucky(['delete', '--study', study], env)).out.trim();
  return { data, env, study, deletion };
}

it('bucky purge removes what was deleted longer ago than trashDays, and says so', async () => {
  const { data, env, study, deletion } = await deleted();
  expect(await runBucky(['purge'], env)).toMatchObject({ code: 0, out: '' });
  const now = { ...env, BUCKY_TRASH_DAYS: '0' };
  expect((await runBucky(['purge', '--dry-run'], now)).out).toBe(`due\t1\t${study}\t${deletion}\n`);
  expect(originals(data)).toHaveLength(1);
  expect((await runBucky(['purge'], now)).out).toBe(`purged\t1\t${study}\t${deletion}\n`);
  expect(originals(data)).toHaveLength(0);
  expect((await runBucky(['undelete'], env)).out).toContain('\tpurged\t1\t');
  const again = await runBucky(['undelete', deletion], env);
  expect([again.code, again.err]).toEqual([1, 'bucky: What this deletion hid is gone for good\n']);
});

it('the server purges again and again, beside the requests, and ends when it is stopped', async () => {
  const { data, study, deletion } = await deleted();
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const composed = (await compose({ ...defaultConfig, data }, log))!;
  const waits: number[] = [];
  let secondWait = (): void => undefined;
  const waitedTwice = new Promise<void>((resolve) => (secondWait = resolve));
  const purging = startPurging({
    archive: composed.archive,
    log,
    trashMs: 0,
    wait: (ms, signal) => {
      waits.push(ms);
      if (waits.length === 1) return Promise.resolve();
      secondWait();
      return new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
    },
  });
  await waitedTwice;
  await purging.stop();
  await composed.close();
  expect(waits).toEqual([60_000, 3_600_000]);
  expect(originals(data)).toHaveLength(0);
  const told = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  expect(told).toContainEqual(
    expect.objectContaining({ event: 'deletion.purged', deletion, studyUid: study, files: 1 }),
  );
});

it('bucky hold keeps a study from being deleted and purged', async () => {
  const { data, env, study, deletion } = await deleted();
  const other = '1.2.3';
  expect((await runBucky(['hold', 'add', '--study', study, '--reason', 'trial 7'], env)).out).toBe(`${study}: held\n`);
  await runBucky(['hold', 'add', '--study', other], env);
  expect((await runBucky(['hold', 'list'], env)).out).toMatch(new RegExp(`\\tlocal\\t${study}\\ttrial 7\\n`));
  expect((await runBucky(['purge'], { ...env, BUCKY_TRASH_DAYS: '0' })).out).toBe(`held\t\t${study}\t${deletion}\n`);
  expect(originals(data)).toHaveLength(1);
  expect((await runBucky(['undelete', deletion], env)).code).toBe(0);
  const refused = await runBucky(['delete', '--study', study], env);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining(`The study ${study} is held`)]);
  // The ledger is lost: what it said also lies in the vault.
  rmSync(join(data, 'archives/main/ledger.sqlite'));
  expect((await runBucky(['hold', 'list', '--json'], env)).out.trim().split('\n')).toHaveLength(2);
  expect((await runBucky(['hold', 'remove', '--study', study], env)).out).toBe(`${study}: released\n`);
  expect((await runBucky(['delete', '--study', study], env)).code).toBe(0);
});

it.each([
  [['add'], 'Name the study to hold: --study UID'],
  [['drop', '--study', '1.2'], 'There is no drop: say add, remove or list'],
])('bucky hold refuses %p', async (args, message) => {
  const { code, err } = await runBucky(['hold', ...args]);
  expect([code, err]).toEqual([2, `bucky: ${message}\n`]);
});
