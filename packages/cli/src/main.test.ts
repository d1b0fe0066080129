import { describe, expect, it } from '@jest/globals';
import { runBucky } from './test-outside.js';

describe('bucky', () => {
  it('lists its commands with --help', async () => {
    const { code, out } = await runBucky(['--help']);
    expect(code).toBe(0);
    for (const name of ['serve', 'import', 'conflicts', 'config'])
      expect(out).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
  });

  it.each(['--version', '-V'])('says which version it is with %s', async (flag) => {
    expect(await runBucky([flag])).toEqual({ code: 0, out: expect.stringMatching(/^bucky \d+\.\d+\.\d+\n$/), err: '' });
  });

  it('prints the same on standard error and exits with 2 without a command', async () => {
    const { code, out, err } = await runBucky([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: bucky COMMAND');
  });

  it.each(['serve', 'import', 'conflicts', 'config'])('explains %s with --help, options and all', async (name) => {
    const { code, out, err } = await runBucky([name, '--help']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^Usage: bucky ${name}\\b`));
    expect(out).toContain('--config PATH');
  });

  it.each([
    [['srve'], 'there is no command srve: did you mean serve?'],
    [['frobnicate'], 'there is no command frobnicate: there are serve, import, '],
    [['import'], 'Name at least one path to import'],
    [['import', 'x', '--jobs', '0'], '--jobs must be a whole number from 1 to 99'],
    [['config', '--port', '1'], `Unknown option '--port'`],
    [['serve', 'x'], `Unexpected argument 'x'`],
    [
      ['serve', '--config', '/no/such/file'],
      'Cannot read the configuration /no/such/file: there is no such file or folder',
    ],
  ])('exits with 2 and says why for %p', async (args, message) => {
    const { code, out, err } = await runBucky(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`bucky: ${message}`);
  });

  it.each([
    [{ BUCKY_AUTH: 'on' }, 'BUCKY_AUTH is on, but nobody can sign in yet'],
    [{ BUCKY_HOST: '0.0.0.0' }, 'Cannot listen on 0.0.0.0 while BUCKY_AUTH is off'],
    [{ BUCKY_HOST: 'pacs.example.org' }, 'Cannot listen on pacs.example.org while BUCKY_AUTH is off'],
  ])('refuses to serve with %p', async (env, message) => {
    const { code, err } = await runBucky(['serve'], env);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('prints each setting with its value and where it is from', async () => {
    const { code, out } = await runBucky(['config'], { BUCKY_PORT: '1234', BUCKY_VAULT: 's3://k:hunter2@bucket' });
    expect(code).toBe(0);
    expect(out).toMatch(/^port +1234 +BUCKY_PORT$/m);
    expect(out).toMatch(/^host +127\.0\.0\.1 +default$/m);
    expect(out).not.toContain('hunter2');
  });

  it('prints the folder that an empty vault stands for', async () => {
    const { out } = await runBucky(['config'], { BUCKY_DATA: '/srv/bucky' });
    expect(out).toMatch(/^vault +file:\/\/\/srv\/bucky\/archives\/main\/vault +default$/m);
  });
});
