import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { startBucky, type Bucky } from './harness/bucky.js';
import { askJson, firstText, readParts, retrieve, stow, ask } from './harness/dicom-web.js';
import { makeInstance, newUid, sha256 } from './harness/instance.js';
import { repositoryPath, setting } from './harness/repository.js';
import { vaultsUnderTest } from './harness/vaults.js';

const rounds = setting('BUCKY_E2E_CRASH_ROUNDS', 10);
const seed = setting('BUCKY_E2E_SEED', Math.floor(Math.random() * 2 ** 31));
const senders = 3;

/** One instance that was sent: what it is, and whether it was answered as taken before the crash. */
interface Sent {
  readonly uids: { readonly studyUid: string; readonly seriesUid: string; readonly instanceUid: string };
  readonly sha256: string;
  acknowledged: boolean;
}

function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/** Sends instances one after another until the server is gone; some requests carry several. */
async function sendUntilGone(bucky: Bucky, sent: Sent[], random: () => number): Promise<void> {
  const studyUid = newUid();
  for (let number = 1; ; number += 1) {
    const seriesUid = newUid();
    const batch = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      const uids = { studyUid, seriesUid, instanceUid: newUid() };
      const pixelBytes = random() < 0.06 ? 9 * 1024 * 1024 : 1024 * (1 + Math.floor(random() * 200));
      const bytes = makeInstance({ ...uids, pixelBytes, instanceNumber: number, seed: Math.floor(random() * 2 ** 31) });
      const one: Sent = { uids, sha256: sha256(bytes), acknowledged: false };
      sent.push(one);
      return { one, bytes };
    });
    try {
      const answer = await stow(bucky.dicomWeb, batch.map(({ bytes }) => bytes)); // prettier-ignore
      for (const { one } of batch) one.acknowledged = answer.referenced.includes(one.uids.instanceUid);
    } catch {
      return; // the connection fell with the server: nothing was acknowledged
    }
  }
}

async function allInstances(dicomWeb: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let offset = 0; ; offset += 500) {
    const rows = await askJson(`${dicomWeb}/instances?limit=500&offset=${offset}`);
    for (const row of rows) found.set(firstText(row, '00080018')!, firstText(row, '0020000D')!);
    if (rows.length < 500) return found;
  }
}

/** What every visible study must hold: its counts are those of the instances found, and all can be read. */
async function expectWholeStudies(dicomWeb: string, found: ReadonlyMap<string, string>): Promise<void> {
  const perStudy = new Map<string, number>();
  for (const study of found.values()) perStudy.set(study, (perStudy.get(study) ?? 0) + 1);
  const studies = await askJson(`${dicomWeb}/studies?limit=500`);
  const counts = new Map(studies.map((row) => [firstText(row, '0020000D')!, row['00201208']?.Value?.[0]]));
  expect(counts).toEqual(perStudy);
}

describe.each(vaultsUnderTest('kill -9 during ingest').map((vault) => [vault.name, vault] as const))(
  'kill -9 during ingest on a vault of kind %s',
  (_name, vault) => {
    afterAll(() => vault.close());

    it(
      `loses nothing that was acknowledged in ${rounds} rounds (seed ${seed})`,
      async () => {
        const random = randomOf(seed);
        const data = await mkdtemp(join(tmpdir(), 'bucky-crash-'));
        const env = await vault.open();
        const sent: Sent[] = [];
        for (let round = 1; round <= rounds; round += 1) {
          const bucky = await startBucky({ data, env });
          const before = sent.length;
          const sending = Array.from({ length: senders }, () => sendUntilGone(bucky, sent, random));
          // The moment of death is the test's input, so time has to pass.
          await new Promise((resolve) => setTimeout(resolve, 40 + random() * 500));
          await bucky.kill();
          await Promise.all(sending);
          await expectNothingLost({ data, env, sent, since: before });
        }
        await expectNothingLost({ data, env, sent, since: 0 });
        await expectSameAfterRebuild({ data, env });
        expect(sent.some(({ acknowledged }) => acknowledged)).toBe(true);
        console.log(`${vault.name}: ${sent.filter(({ acknowledged }) => acknowledged).length} of ${sent.length} instances were acknowledged, ${rounds} crashes, seed ${seed}`); // prettier-ignore
        await rm(data, { recursive: true, force: true });
      },
      30_000 * (rounds + 1),
    );
  },
);

/** All that searches and metadata answer. */
async function answersOf(at: { readonly data: string; readonly env: Record<string, string> }): Promise<unknown> {
  const bucky = await startBucky(at);
  try {
    const instances = [...(await allInstances(bucky.dicomWeb))].sort();
    const studies = await askJson(`${bucky.dicomWeb}/studies?limit=500&includefield=all`);
    const uids = studies.map((study) => firstText(study, '0020000D')!);
    const metadata = await Promise.all(uids.map((uid) => askJson(`${bucky.dicomWeb}/studies/${uid}/metadata`)));
    return { instances, studies, metadata };
  } finally {
    await bucky.stop();
  }
}

/** The catalog is thrown away and made anew from the vault: what a crash left half done must be the same in both. */
async function expectSameAfterRebuild(at: {
  readonly data: string;
  readonly env: Record<string, string>;
}): Promise<void> {
  const before = await answersOf(at);
  await rm(join(at.data, 'archives/main/catalog.sqlite'));
  const env = { ...process.env, ...at.env, BUCKY_DATA: at.data };
  await promisify(execFile)(process.execPath, [repositoryPath('packages/cli/bin/bucky.js'), 'rebuild'], { env });
  expect(await answersOf(at)).toEqual(before);
}

async function expectNothingLost(about: {
  data: string;
  env: Record<string, string>;
  sent: readonly Sent[];
  since: number;
}): Promise<void> {
  // prettier-ignore
  const bucky = await startBucky({ data: about.data, env: about.env });
  try {
    const ready = await ask(`${bucky.url}readyz`);
    expect(ready.status).toBe(200);
    const found = await allInstances(bucky.dicomWeb);
    const lost = about.sent.filter(({ acknowledged, uids }) => acknowledged && !found.has(uids.instanceUid));
    expect(lost).toEqual([]);
    await expectWholeStudies(bucky.dicomWeb, found);
    // All that is visible can be read, whole: the acknowledged, and what was committed just before the answer was lost.
    for (const one of about.sent.slice(about.since)) {
      if (!found.has(one.uids.instanceUid)) continue;
      const answer = await retrieve(bucky.dicomWeb, one.uids);
      expect([answer.status, sha256(answer.body)]).toEqual([200, one.sha256]);
    }
    const some = about.sent.at(-1);
    if (some !== undefined && found.has(some.uids.instanceUid)) {
      const study = await ask(`${bucky.dicomWeb}/studies/${some.uids.studyUid}`);
      expect(readParts(study)).toHaveLength([...found.values()].filter((uid) => uid === some.uids.studyUid).length);
    }
  } finally {
    await bucky.stop();
  }
}
