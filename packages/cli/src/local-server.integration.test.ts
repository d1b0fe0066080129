import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLog, startServer } from '@bucky/server';
import { afterEach, describe, expect, it } from '@jest/globals';
import { compose, serverConfigOf, socketPathOf } from './compose.js';
import { defaultConfig, type Config } from './config.js';
import { reachServer } from './local-server.js';
import { newDataFolder, runBucky } from './test-outside.js';

const log = createLog({ level: 'error' });
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const configIn = (data: string): Config => ({ ...defaultConfig, data });

/** Holds the archive of a data folder as `bucky serve` does. */
async function hold(data: string) {
  const composed = (await compose(configIn(data), log))!;
  closing.push(() => composed.close());
  return composed;
}

describe('reachServer', () => {
  it('opens the archive itself where nobody serves it, and leaves nothing behind', async () => {
    const config = configIn(newDataFolder());
    const server = await reachServer({ config, log });
    expect(await server.ask({ method: 'GET', path: '/readyz' })).toMatchObject({ status: 200, body: 'ready\n' });
    await server.close();
    expect(existsSync(socketPathOf(config))).toBe(false);
    const again = await compose(config, log);
    expect(again).toBeDefined();
    await again!.close();
  });

  it('goes through the server that holds the archive, and leaves it running', async () => {
    const data = newDataFolder();
    const { archive } = await hold(data);
    const server = await startServer({ archive, config: serverConfigOf(configIn(data)), log });
    closing.push(() => server.close());
    const reached = await reachServer({ config: configIn(data), log });
    expect((await reached.ask({ method: 'GET', path: '/readyz' })).status).toBe(200);
    await reached.close();
    expect(await runBucky(['conflicts'], { BUCKY_DATA: data })).toMatchObject({ code: 0, err: '' });
  });

  it('says that the archive is held when nobody answers', async () => {
    const data = newDataFolder();
    await hold(data);
    const reaching = reachServer({ config: configIn(data), log, attempts: 2 });
    await expect(reaching).rejects.toMatchObject({ code: 'locked' });
  });

  it('says that the server is gone when it goes', async () => {
    const data = newDataFolder();
    const { archive } = await hold(data);
    const server = await startServer({ archive, config: serverConfigOf(configIn(data)), log });
    const reached = await reachServer({ config: configIn(data), log });
    await server.close();
    await expect(reached.ask({ method: 'GET', path: '/readyz' })).rejects.toMatchObject({ code: 'unavailable' });
    await reached.close();
  });
});

describe('bucky serve', () => {
  it('refuses a vault that another has open, and leaves alone what is on its way there', async () => {
    const folder = newDataFolder();
    const BUCKY_VAULT = pathToFileURL(folder).href;
    const other = await compose({ ...configIn(newDataFolder()), vault: BUCKY_VAULT }, log);
    closing.push(() => other!.close());
    writeFileSync(join(folder, '.incoming', 'draft'), 'half');
    const { code, err } = await runBucky(['serve'], { BUCKY_VAULT });
    expect([code, err]).toEqual([2, `bucky: Another process has the vault ${folder} open\n`]);
    expect(readdirSync(join(folder, '.incoming'))).toEqual(['draft']);
  });

  it('says what it cannot lock', async () => {
    const data = newDataFolder();
    mkdirSync(join(data, 'archives', 'main', 'lock'), { recursive: true });
    const { code, err } = await runBucky(['serve'], { BUCKY_DATA: data });
    expect([code, err]).toEqual([2, expect.stringMatching(/^bucky: Cannot lock .*\/lock: /)]);
  });

  it('refuses to start beside another that holds the archive', async () => {
    const data = newDataFolder();
    await hold(data);
    const { code, err } = await runBucky(['serve'], { BUCKY_DATA: data });
    expect([code, err]).toEqual([2, `bucky: Another bucky holds the archive in ${data}\n`]);
  });
});
