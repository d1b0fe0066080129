import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky } from './harness/bucky.js';
import { askJson, retrieve } from './harness/dicom-web.js';
import { makeInstance, newUid, sha256 } from './harness/instance.js';
import { repositoryPath } from './harness/repository.js';

const files = 400;

/** What the command prints with `--json`, as far as it is looked at here. */
interface Summary {
  readonly stored: number;
  readonly alreadyThere: number;
  readonly unsent: number;
  readonly failed: object;
}

describe('bucky import', () => {
  let folder: string;
  const sent = new Map<string, { readonly uids: Parameters<typeof retrieve>[1]; readonly sha256: string }>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bucky-e2e-import-'));
    await mkdir(join(folder, 'files'));
    const [studyUid, seriesUid] = [newUid(), newUid()];
    for (let number = 1; number <= files; number += 1) {
      const uids = { studyUid, seriesUid, instanceUid: newUid() };
      const bytes = makeInstance({ ...uids, pixelBytes: 50 * 1024, instanceNumber: number, seed: number });
      sent.set(uids.instanceUid, { uids, sha256: sha256(bytes) });
      await writeFile(join(folder, 'files', String(number)), bytes);
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  function start() {
    const { PATH, HOME } = process.env;
    return spawn(
      process.execPath,
      [repositoryPath('packages/cli/bin/bucky.js'), 'import', '--json', join(folder, 'files')],
      { env: { PATH, HOME, BUCKY_DATA: join(folder, 'data') }, stdio: ['ignore', 'pipe', 'ignore'] },
    );
  }

  async function originals(): Promise<number> {
    const names = await readdir(join(folder, 'data', 'archives', 'main', 'vault'), { recursive: true }).catch(() => []);
    return names.filter((name) => name.endsWith('.dcm')).length;
  }

  it('goes on after kill -9 without sending all again, and loses nothing', async () => {
    const first = start();
    const ended = new Promise((resolve) => first.once('exit', resolve));
    // The moment of death is the test's input: somewhere in the middle.
    while (first.exitCode === null && (await originals()) < files / 3) await delay(5);
    first.kill('SIGKILL');
    await ended;
    const kept = await originals();
    expect(kept).toBeGreaterThanOrEqual(files / 3);
    expect(kept).toBeLessThan(files);

    const second = start();
    const summary = JSON.parse(await text(second.stdout)) as Summary;
    expect(summary.failed).toEqual({});
    expect(summary.stored + summary.alreadyThere).toBe(files);
    expect(summary.unsent).toBeGreaterThan(0);

    const bucky = await startBucky({ data: join(folder, 'data') });
    try {
      expect(await askJson(`${bucky.dicomWeb}/instances?limit=${files + 1}`)).toHaveLength(files);
      for (const { uids, sha256: hash } of sent.values()) {
        expect(sha256((await retrieve(bucky.dicomWeb, uids)).body)).toBe(hash);
      }
    } finally {
      await bucky.stop();
    }
  }, 120_000);
});
