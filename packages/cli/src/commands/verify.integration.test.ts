import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { newDataFolder, runBucky } from '../test-outside.js';

jest.setTimeout(60_000); // many commands, each of which opens an archive

const fixtures = fileURLToPath(new URL('../../../../fixtures', import.meta.url));

/** An archive with all fixtures in it. */
async function filled(): Promise<{ readonly env: { readonly BUCKY_DATA: string }; readonly files: readonly string[] }> {
  const data = newDataFolder();
  const env = { BUCKY_DATA: data };
  expect((await runBucky(['import', fixtures], env)).code).toBe(0);
  const studies = join(data, 'archives/main/vault/studies');
  const files = (readdirSync(studies, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => join(studies, name));
  expect(files.length).toBeGreaterThan(3);
  return { env, files };
}

describe('bucky verify', () => {
  it('exits with 0 over an archive that is whole', async () => {
    const { env, files } = await filled();
    const { code, out, err } = await runBucky(['verify', '--json'], env);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ kind: 'ended', files: files.length, damaged: 0, atEnd: true });
    expect(err).toContain(`verify: ${files.length} files`);
  });

  it('names what is damaged, by key and UIDs, and exits with 1', async () => {
    const { env, files } = await filled();
    truncateSync(files[0]!, 200);
    rmSync(files[1]!);
    const { code, out } = await runBucky(['verify'], env);
    const lines = out.trim().split('\n');
    expect(code).toBe(1);
    expect(lines.map((line) => line.split('\t')[0]).sort()).toEqual(['missing', 'wrong-size']);
    for (const line of lines) {
      const [, study, series, instance, key] = line.split('\t');
      expect(files.some((file) => file.endsWith(key!.slice('studies'.length)))).toBe(true);
      expect(key).toMatch(new RegExp(`^studies/${study}/${series}/${instance}\\.[0-9a-z]{26}\\.dcm$`));
    }
  });

  it('goes on in the next run where a budget ended', async () => {
    const { env, files } = await filled();
    const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const run = async () => {
      const { out } = await runBucky(['verify', '--bytes', String(Math.ceil(bytes / 2)), '--json'], env);
      return JSON.parse(out) as { readonly files: number; readonly atEnd: boolean };
    };
    const [first, second] = [await run(), await run()];
    expect([first.atEnd, second.atEnd]).toEqual([false, true]);
    expect(first.files + second.files).toBe(files.length);
  });

  it.each([
    [['--bytes', '0'], 'The --bytes must be a whole number of bytes, at least 1'],
    [['--rate', 'fast'], 'The --rate must be a whole number of bytes, at least 1'],
  ])('refuses %p', async (args, message) => {
    const { code, err } = await runBucky(['verify', ...args]);
    expect([code, err]).toEqual([2, `bucky: ${message}\n`]);
  });
});
