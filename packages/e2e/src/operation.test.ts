import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, startBucky } from './harness/bucky.js';
import { ask, askJson, firstText, stow } from './harness/dicom-web.js';
import { makeInstance, newUid } from './harness/instance.js';
import { repositoryPath } from './harness/repository.js';

/** Runs the command to its end. */
function bucky(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { status: number | null; text: string } {
  // prettier-ignore
  const { status, stdout, stderr } = spawnSync(process.execPath, [repositoryPath('packages/cli/bin/bucky.js'), ...args], { env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env }, encoding: 'utf8', timeout: 60_000 }); // prettier-ignore
  return { status, text: stdout + stderr };
}

describe('the bucky command', () => {
  let data: string;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'bucky-command-'));
  });

  afterAll(async () => {
    await rm(data, { recursive: true, force: true });
  });

  it.each([[], ['serve'], ['import'], ['conflicts'], ['attention'], ['delete'], ['undelete'], ['rebuild'], ['config']])(
    'explains itself: %p --help',
    (...command) => {
      const { status, text } = bucky([...command, '--help']);
      expect(status).toBe(0);
      expect(text).toMatch(/usage/i);
    },
  );

  it('imports folders, can be repeated, and leaves out what is no DICOM', async () => {
    const env = { BUCKY_DATA: data };
    const once = bucky(['import', repositoryPath('fixtures')], env);
    expect([once.status, once.text]).toEqual([0, expect.stringContaining('40')]);
    expect(once.text).toContain(`no bucky is running at ${data}: making a new archive there`);
    const twice = bucky(['import', repositoryPath('fixtures')], env);
    expect(twice.status).toBe(0);
    expect(twice.text).toContain(`no bucky is running at ${data}: opening the archive there`);
    const server = await startBucky({ data });
    try {
      expect(await askJson(`${server.dicomWeb}/studies`)).toHaveLength(4);
      // While the server holds the lock, the command goes through its socket.
      const meanwhile = bucky(['import', repositoryPath('fixtures')], env);
      expect(meanwhile.status).toBe(0);
      expect(meanwhile.text).toContain(`into the running bucky at ${data}`);
      expect(await askJson(`${server.dicomWeb}/instances?limit=100`)).toHaveLength(40);
    } finally {
      await server.stop();
    }
  });

  it('lists a conflict', async () => {
    const server = await startBucky({ data });
    const uids = { studyUid: newUid(), seriesUid: newUid(), instanceUid: newUid() };
    try {
      await stow(server.dicomWeb, [makeInstance({ ...uids, pixelBytes: 1024, seed: 1 })]);
      const other = await stow(server.dicomWeb, [makeInstance({ ...uids, pixelBytes: 1024, seed: 2 })]);
      expect(other.failed).toEqual([{ instanceUid: uids.instanceUid, reason: 45070 }]);
      expect(bucky(['conflicts'], { BUCKY_DATA: data }).text).toContain(uids.instanceUid);
    } finally {
      await server.stop();
    }
    expect(bucky(['conflicts'], { BUCKY_DATA: data }).text).toContain(uids.instanceUid);
  });

  it('refuses to start a second server on the same folder, or the same vault', async () => {
    const server = await startBucky({ data });
    try {
      const second = bucky(['serve'], { BUCKY_DATA: data, BUCKY_PORT: String(await freePort()) });
      expect(second.status).not.toBe(0);
      const vault = { BUCKY_VAULT: `file://${data}/archives/main/vault` };
      const other = bucky(['serve'], {
        BUCKY_DATA: join(data, 'other'),
        BUCKY_PORT: String(await freePort()),
        ...vault,
      });
      expect([other.status, other.text]).toEqual([2, expect.stringContaining('has the vault')]);
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });

  it.each([
    [{ BUCKY_AUTH: 'on' }, /BUCKY_AUTH|auth/i],
    [{ BUCKY_HOST: '0.0.0.0' }, /0\.0\.0\.0/],
    [{ BUCKY_POTR: '1' }, /BUCKY_PORT/],
    [{ BUCKY_VAULT: 'ftp://x' }, /vault/i],
  ])('refuses to start with %p, and says why', (env, why) => {
    const { status, text } = bucky(['serve'], { BUCKY_DATA: data, BUCKY_PORT: '0', ...env });
    expect(status).not.toBe(0);
    expect(text).toMatch(why);
  });

  it('ends requests that are under way before it stops', async () => {
    const server = await startBucky({ data });
    const uids = { studyUid: newUid(), seriesUid: newUid(), instanceUid: newUid() };
    const file = makeInstance({ ...uids, pixelBytes: 3 * 512 * 1024, seed: 5 });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    async function* slowly(): AsyncGenerator<Buffer> {
      yield file.subarray(0, 100_000);
      await held;
      yield file.subarray(100_000);
    }
    const sending = ask(`${server.dicomWeb}/studies`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/dicom', Accept: 'application/dicom+json' },
      body: slowly(),
    });
    await untilReceiving(server);
    const stopping = server.stop();
    release();
    const { status } = await sending;
    expect([status, await stopping]).toEqual([200, 0]);
    const again = await startBucky({ data });
    const rows = await askJson(`${again.dicomWeb}/instances?StudyInstanceUID=${uids.studyUid}`);
    expect(rows.map((row) => firstText(row, '00080018'))).toEqual([uids.instanceUid]);
    await again.stop();
  });
});

/** Waits until the server has read of the request: another request is answered after that. */
async function untilReceiving(server: { readonly url: string }): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await ask(`${server.url}healthz`);
}
