import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { ExitCode } from './command.js';
import { main } from './main.js';

/** A data folder of its own for a test. */
export function newDataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'bucky-'));
}

export interface Said {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line as a test does, in a data folder of its own unless `env` names one, and gathers what it says. */
export async function runBucky(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  const said = { out: '', err: '' };
  const to = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        said[name] += chunk.toString();
        done();
      },
    });
  const code = await main(args, { env: { BUCKY_DATA: newDataFolder(), ...env }, out: to('out'), err: to('err') });
  return { code, ...said };
}
