import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { ask, askJson, retrieve, stow } from './harness/dicom-web.js';
import { makeInstance, newUid, sha256 } from './harness/instance.js';
import { repositoryPath } from './harness/repository.js';

const run = promisify(execFile);

describe('what comes after the store', () => {
  let bucky: Bucky;

  beforeAll(async () => {
    bucky = await startBucky();
  });

  afterAll(async () => {
    await bucky.stop();
  });

  /** Runs the command line beside the server. */
  async function command(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, BUCKY_DATA: bucky.data };
    const { stdout } = await run(process.execPath, [repositoryPath('packages/cli/bin/bucky.js'), ...args], { env });
    return stdout;
  }

  /** All that searches and metadata show of a study. */
  async function shown(studyUid: string): Promise<unknown> {
    const study = `${bucky.dicomWeb}/studies/${studyUid}`;
    const searches = [
      `${bucky.dicomWeb}/studies?StudyInstanceUID=${studyUid}`,
      `${study}/series`,
      `${study}/instances`,
    ];
    const found = await Promise.all(
      searches.map((url) => ask(`${url}${url.includes('?') ? '&' : '?'}includefield=all`)),
    );
    const metadata = await ask(`${study}/metadata`);
    return [...found, metadata].map(({ status, body }) => `${status} ${body.toString('utf8')}`);
  }

  function uidsOf(
    studyUid = newUid(),
    seriesUid = newUid(),
  ): { studyUid: string; seriesUid: string; instanceUid: string } {
    return { studyUid, seriesUid, instanceUid: newUid() };
  }

  it('is a deletion, at once and undone without a trace', async () => {
    const one = uidsOf();
    const other = uidsOf(one.studyUid);
    await stow(
      bucky.dicomWeb,
      [one, other].map((uids, index) => makeInstance({ ...uids, pixelBytes: 2048, seed: index })),
    );
    const before = await shown(one.studyUid);
    const gone = await ask(`${bucky.dicomWeb}/studies/${one.studyUid}/series/${one.seriesUid}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    expect(gone.headers['bucky-deletion']).toMatch(/^[0-9a-z]{26}$/);
    expect((await retrieve(bucky.dicomWeb, one)).status).toBe(404);
    expect(await askJson(`${bucky.dicomWeb}/studies/${one.studyUid}/series`)).toHaveLength(1);
    const again = await ask(`${bucky.dicomWeb}/studies/${one.studyUid}/series/${one.seriesUid}`, { method: 'DELETE' });
    expect(again.status).toBe(404);
    expect(await command('undelete', String(gone.headers['bucky-deletion']))).toContain('1 instances are back');
    expect(await shown(one.studyUid)).toEqual(before);
  });

  it('is a deletion by the command line, that is listed', async () => {
    const uids = uidsOf();
    await stow(bucky.dicomWeb, [makeInstance({ ...uids, pixelBytes: 2048, seed: 3 })]);
    const deletion = (await command('delete', '--study', uids.studyUid)).trim();
    expect((await shown(uids.studyUid)) as string[]).toEqual(['204 ', expect.anything(), expect.anything(), expect.stringMatching(/^404/)]); // prettier-ignore
    expect(await command('undelete')).toMatch(new RegExp(`hidden\\t1\\t\\d+\\t${uids.studyUid}\\t\\t\\t${deletion}`));
    await command('undelete', deletion);
    expect(await command('undelete')).toMatch(new RegExp(`undone\\t1\\t\\d+\\t${uids.studyUid}\\t\\t\\t${deletion}`));
    await expect(command('undelete', deletion)).rejects.toMatchObject({ code: 1 });
  });

  it('is the decision of a conflict, which can be taken back', async () => {
    const uids = uidsOf();
    const [first, other] = [1, 2].map((seed) =>
      makeInstance({ ...uids, pixelBytes: 2048, seed, patientName: `Name^${seed}` }),
    );
    await stow(bucky.dicomWeb, [first!]);
    const { status, failed } = await stow(bucky.dicomWeb, [other!]);
    expect([status, failed]).toEqual([409, [{ instanceUid: uids.instanceUid, reason: 45070 }]]);
    const before = await shown(uids.studyUid);
    const [conflict] = (await command('conflicts', '--study', uids.studyUid, '--json')).trim().split('\n');
    const { receipt } = JSON.parse(conflict!) as { receipt: string };
    const difference = await command('conflicts', 'show', receipt);
    expect(difference).toContain('other bytes');
    expect(difference).toMatch(/2 attributes differ:\n {2}\(0010,0010\) PatientName/);

    await command('conflicts', 'accept', receipt);
    expect(sha256((await retrieve(bucky.dicomWeb, uids)).body)).toBe(sha256(other!));
    expect((await stow(bucky.dicomWeb, [other!])).status).toBe(200);
    expect((await stow(bucky.dicomWeb, [first!])).failed).toMatchObject([{ reason: 45070 }]);
    await command('conflicts', 'reopen', receipt);
    expect(await shown(uids.studyUid)).toEqual(before);
    expect(sha256((await retrieve(bucky.dicomWeb, uids)).body)).toBe(sha256(first!));
    await command('conflicts', 'discard', '--study', uids.studyUid);
    expect(await command('conflicts', '--study', uids.studyUid, '--json')).toBe('');
  });

  it('is attention for a study that has two patients', async () => {
    const one = uidsOf();
    const other = uidsOf(one.studyUid, one.seriesUid);
    await stow(bucky.dicomWeb, [makeInstance({ ...one, pixelBytes: 2048, seed: 1 })]);
    const answer = await stow(bucky.dicomWeb, [
      makeInstance({ ...other, pixelBytes: 2048, seed: 2, patientId: 'E2E-2' }),
    ]);
    expect([answer.status, answer.referenced]).toEqual([202, [other.instanceUid]]);
    expect(answer.text).toContain('"00081196":{"vr":"US","Value":[45071]}');
    expect(await command('attention')).toContain(`${one.studyUid}\tPatientID\t`);
    expect(bucky.log.some((line) => line.includes('study.needs-attention') && line.includes(one.studyUid))).toBe(true);
    expect(bucky.log.join('\n')).not.toContain('E2E-2');
  });

  it('is a feed of all of this', async () => {
    const kinds = new Map<string, number>();
    let after = 0;
    for (;;) {
      const { changes, next } = JSON.parse(
        (await ask(`${bucky.url}api/changes?limit=3&after=${after}`)).body.toString(),
      ) as {
        changes: { number: number; kind: string }[];
        next?: number;
      };
      for (const { number, kind } of changes) {
        expect(number).toBe(after + 1);
        after = number;
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      }
      if (next === undefined) break;
    }
    expect(Object.fromEntries(kinds)).toEqual({
      stored: 6,
      deleted: 2,
      undeleted: 2,
      conflict: 1,
      decided: 3,
      attention: 1,
    });
  });
});
