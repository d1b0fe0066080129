import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog, startPurging } from '@bucky/server';
import { expect, it } from '@jest/globals';
import { compose } from '../compose.js';
import { defaultConfig } from '../config.js';
import { newDataFolder, runBucky } from '../test-outside.js';

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
