import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file of the repository. */
export function repositoryPath(path: string): string {
  return fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
}

/** Folder of the corpus, or undefined where there is none. */
export function corpusFolder(): string | undefined {
  const folder = process.env['BUCKY_CORPUS'] ?? repositoryPath('../shared/corpus');
  return existsSync(`${folder}/index.json`) ? folder : undefined;
}

/** Reads a whole number from the environment, for tests that are short by default. */
export function setting(name: string, otherwise: number): number {
  const given = process.env[name];
  if (given === undefined) return otherwise;
  if (!/^\d+$/.test(given)) throw new RangeError(`${name} must be a whole number`);
  return Number(given);
}

/** Says on the error output why tests are skipped: a skipped test must not be silent. */
export function skipped(what: string, why: string): void {
  process.stderr.write(`SKIPPED: ${what}: ${why}\n`);
}
