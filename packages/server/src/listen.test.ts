import { mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { listen } from './listen.js';

describe('listen', () => {
  it('takes the place of a socket that a dead process left', async () => {
    const socketPath = join(mkdtempSync(join(tmpdir(), 'bucky-')), 's');
    writeFileSync(socketPath, '');
    const server = createServer();
    await listen(server, { socketPath });
    expect(statSync(socketPath).isSocket()).toBe(true);
    server.close();
  });

  it('makes it for this user alone, and leaves nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bucky-'));
    const server = createServer();
    await listen(server, { socketPath: join(folder, 's') });
    expect(statSync(join(folder, 's')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['s']);
    server.close();
  });

  it('listens to nothing and says why when a folder stands in the place of the socket', async () => {
    const socketPath = join(mkdtempSync(join(tmpdir(), 'bucky-')), 's');
    mkdirSync(socketPath);
    const server = createServer();
    await expect(listen(server, { socketPath })).rejects.toMatchObject({
      code: 'configuration',
      message: `Cannot listen on ${socketPath}: a folder stands there; move it away`,
    });
    expect(server.listening).toBe(false);
  });

  it('refuses a path that no system takes, instead of listening on a part of it', async () => {
    const socketPath = join(tmpdir(), 'x'.repeat(104));
    await expect(listen(createServer(), { socketPath })).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('choose a shorter data folder') as unknown,
    });
  });
});
