import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultConfig, optionNames, shownValue, variableOf } from '../config.js';
import { readConfig } from './read-config.js';

/** An empty data folder, so that no bucky.json of this machine is read. */
const emptyFolder = (): string => mkdtempSync(join(tmpdir(), 'bucky-config-'));

function refusalOf(env: Record<string, string>, path?: string): string {
  try {
    readConfig({ BUCKY_DATA: emptyFolder(), ...env }, path);
  } catch (error) {
    expect(error).toMatchObject({ code: 'configuration' });
    return (error as Error).message;
  }
  throw new Error('was not refused');
}

function fileOf(text: string): string {
  const path = join(emptyFolder(), 'settings.json');
  writeFileSync(path, text);
  return path;
}

describe('readConfig', () => {
  it('takes every default when nothing is said', () => {
    const data = emptyFolder();
    const { config, sources } = readConfig({ BUCKY_DATA: data, HOME: '/root' });
    expect(config).toEqual({ ...defaultConfig, data });
    expect(sources).toMatchObject({ data: 'BUCKY_DATA', port: 'default' });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('has a variable of its own for each option', () => {
    expect(new Set(optionNames.map(variableOf)).size).toBe(optionNames.length);
    expect(variableOf('floorRateBytesPerSecond')).toBe('BUCKY_FLOOR_RATE_BYTES_PER_SECOND');
  });

  it('lets variables win over the file, and the file over defaults', () => {
    const path = fileOf('{ "port": 1000, "logLevel": "debug", "publicHosts": ["a", "b"] }');
    const { config, sources } = readConfig({ BUCKY_DATA: emptyFolder(), BUCKY_PORT: '2000' }, path);
    expect(config).toMatchObject({ port: 2000, logLevel: 'debug', publicHosts: ['a', 'b'] });
    expect(sources).toMatchObject({ port: 'BUCKY_PORT', logLevel: path, host: 'default' });
  });

  it('finds its file by --config, then BUCKY_CONFIG, then bucky.json in the data folder', () => {
    const [data, named, given] = [emptyFolder(), fileOf('{ "port": 2 }'), fileOf('{ "port": 3 }')];
    writeFileSync(join(data, 'bucky.json'), '{ "port": 1 }');
    expect(readConfig({ BUCKY_DATA: data }).config.port).toBe(1);
    expect(readConfig({ BUCKY_DATA: data, BUCKY_CONFIG: named }).config.port).toBe(2);
    expect(readConfig({ BUCKY_DATA: data, BUCKY_CONFIG: named }, given).config.port).toBe(3);
  });

  it('reads lists with commas between, and makes the data folder absolute', () => {
    const { config } = readConfig({ BUCKY_DATA: 'no-such-folder', BUCKY_CORS_ORIGINS: 'https://a, https://b:1,' });
    expect(config.corsOrigins).toEqual(['https://a', 'https://b:1']);
    expect(config.data).toBe(resolve('no-such-folder'));
  });

  it.each([
    [{ BUCKY_PROT: '1' }, 'Unknown setting BUCKY_PROT in the environment: did you mean BUCKY_PORT?'],
    [
      { BUCKY_CORS_ORIGIN: 'x' },
      'Unknown setting BUCKY_CORS_ORIGIN in the environment: did you mean BUCKY_CORS_ORIGINS?',
    ],
    [{ BUCKY_PORT: '80a' }, 'Cannot use the setting port of BUCKY_PORT: it must be a whole number from 0 to 65535'],
    [{ BUCKY_PORT: '65536' }, 'Cannot use the setting port of BUCKY_PORT'],
    [{ BUCKY_PART_BYTES: '0' }, 'partBytes of BUCKY_PART_BYTES: it must be a whole number, 1 or more'],
    [{ BUCKY_AUTH: 'maybe' }, 'Cannot use the setting auth of BUCKY_AUTH: it must be one of off, on'],
    [{ BUCKY_AUTH: 'maybe', BUCKY_PORT: 'x' }, 'from 0 to 65535. Cannot use the setting auth of BUCKY_AUTH'],
    [{ BUCKY_VIEWER: 'x' }, 'Unknown setting BUCKY_VIEWER in the environment: there are BUCKY_HOST, BUCKY_PORT, '],
    [{ BUCKY_LOG_LEVEL: 'loud' }, 'Cannot use the setting logLevel of BUCKY_LOG_LEVEL'],
    [
      { BUCKY_DEFAULT_CHARACTER_SET: 'latin' },
      'Cannot use the setting defaultCharacterSet of BUCKY_DEFAULT_CHARACTER_SET',
    ],
    [{ BUCKY_CONFIG: '/no/such/file' }, 'Cannot read the configuration /no/such/file: there is no such file or folder'],
  ])('refuses %p', (env, message) => {
    expect(refusalOf(env as unknown as Record<string, string>)).toContain(message);
  });

  it('takes an empty variable as one that is not set', () => {
    const { config, sources } = readConfig({ BUCKY_DATA: '', BUCKY_PORT: '', BUCKY_CONFIG: '' });
    expect([config.port, config.data]).toEqual([defaultConfig.port, resolve(defaultConfig.data)]);
    expect(sources).toMatchObject({ data: 'default', port: 'default' });
  });

  it('names the data folder when a file stands in its place', () => {
    const data = fileOf('');
    const message = `Cannot read bucky.json in the data folder ${data}: a file stands where a folder should be`;
    expect(refusalOf({ BUCKY_DATA: data })).toBe(message);
  });

  it.each([
    ['{ "prot": 1 }', 'Unknown setting prot in'],
    ['{ "prot": 1 }', 'did you mean port?'],
    ['{ "port": "1" }', 'Cannot use the setting port of'],
    ['{ "publicHosts": "a" }', 'Cannot use the setting publicHosts of'],
    ['{ port: 1 }', 'it is not JSON'],
    ['[1]', 'it is not a JSON object'],
  ])('refuses the file %s', (text, message) => {
    expect(refusalOf({}, fileOf(text))).toContain(message);
  });
});

describe('shownValue', () => {
  it.each([
    ['s3://KEY:hunter2@bucket/x', 's3://KEY:***@bucket/x'],
    ['s3://bucket?secretAccessKey=hunter2&region=eu', 's3://bucket?secretAccessKey=***&region=eu'],
    ['s3://bucket/prefix?region=eu', 's3://bucket/prefix?region=eu'],
    ['file:///srv/vault', 'file:///srv/vault'],
  ])('shows the vault %s without secrets', (vault, shown) => {
    expect(shownValue('vault', vault)).toBe(shown);
  });
});
