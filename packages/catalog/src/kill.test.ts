import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Database } from '@bucky/sqlite';
import { everything } from './example-record.js';
import { openCatalog } from './open-catalog.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucky-kill-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const url = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** Commits batches of 20 without end, and tells of each that was acknowledged. */
const script = (file: string): string => `
  import { openCatalog } from ${url('./open-catalog.js')};
  import { exampleRecord } from ${url('./example-record.js')};
  const catalog = await openCatalog({ file: ${JSON.stringify(file)} });
  for (let batch = 0; ; batch++) {
    const values = { Modality: 'CT', PatientName: 'Killed^' + batch, StudyDate: '20200101' };
    await catalog.commit(Array.from({ length: 20 }, (_, n) =>
      exampleRecord({ study: '1.2.' + (batch % 3), instance: '1.2.9.' + batch + '.' + n, values })));
    process.send(batch + 1);
  }`;

it.each([1, 3, 10, 25])(
  'holds all that was acknowledged and no half batch when killed after batch %i',
  async (last) => {
    const file = join(folder, 'catalog.sqlite');
    const program = join(folder, 'commit.mjs');
    await writeFile(program, script(file));
    const child = fork(program, { execArgv: [] });
    let acknowledged = 0;
    child.on('message', (batches) => {
      acknowledged = Number(batches);
      if (acknowledged === last) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const catalog = await openCatalog({ file });
    const { instances, studies, bytes } = await catalog.counts(everything);
    expect(await catalog.isSound()).toBe(true);
    await catalog.close();
    expect(instances).toBeGreaterThanOrEqual(acknowledged * 20);
    expect(instances % 20).toBe(0);
    expect(bytes).toBe(instances * 1000);
    expect(studies).toBe(Math.min(3, instances / 20));
    const database = new Database({ file, readOnly: true });
    for (const table of ['instances', 'metadata']) {
      expect(database.get(`SELECT count(*) AS n FROM ${table}`)?.['n']).toBe(instances);
    }
    expect(database.get(`SELECT count(*) AS n FROM study_text WHERE study_text MATCH 'killed'`)?.['n']).toBe(studies);
    database.close();
  },
  30_000,
);
