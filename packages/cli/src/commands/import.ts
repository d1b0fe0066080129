import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BuckyError } from '@bucky/dicom';
import { createLog } from '@bucky/server';
import { parseArguments } from '../arguments.js';
import type { Command, ExitCode, Output } from '../command.js';
import { archiveFolderOf, catalogName } from '../compose.js';
import type { Config } from '../config.js';
import { readConfig } from '../config/read-config.js';
import { describeDryRun, dryRun, type DryRun } from '../import/dry-run.js';
import { importPaths } from '../import/import-paths.js';
import { openJournal, type Journal } from '../import/journal.js';
import { describeSummary, type Summary } from '../import/tally.js';
import { reachServer, type LocalServer } from '../local-server.js';
import { stopSignal } from '../stop-signal.js';

/** `bucky import`. */
export const importCommand: Command = {
  name: 'import',
  summary: 'store the DICOM files at and below paths',
  help: `Usage: bucky import PATH… [--dry-run] [--jobs N] [--json] [--config PATH]

Stores the DICOM files at and below the paths, in the order of their names, and those in ZIP files. What is not DICOM is passed
by and counted; what a DICOMDIR lists and is not there is named. It can be repeated, also after an interruption: what is
already there is not stored again, and not read again where a file has kept its path, size and time. Uses the running bucky
when there is one, else opens the archive itself. Exits with 1 when a file could not be stored.

  --dry-run       say what would be sent, by kind, and send nothing: reads the head of each file only
  --jobs N        files sent at once (default 4)
  --json          print the summary as JSON
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, { env, out, err }) {
    const { flags, texts, words } = parseArguments(args, {
      flags: ['json', 'dry-run'],
      texts: ['jobs'],
      words: true,
    });
    if (words.length === 0) throw new BuckyError('configuration', 'Name at least one path to import');
    const jobs = parseJobs(texts.get('jobs'));
    const { config } = readConfig(env, texts.get('config'));
    const say = <T>(summary: T, describe: (summary: T) => string): void =>
      void out.write(flags.has('json') ? `${JSON.stringify(summary)}\n` : describe(summary));
    if (flags.has('dry-run')) {
      const run = await look(words, { config, err });
      say(run, describeDryRun);
      return exitCode(run);
    }
    const summary = await send(words, { config, jobs, err });
    say(summary, describeSummary);
    return exitCode(summary);
  },
};

interface Surroundings {
  readonly config: Config;
  readonly err: Output;
}

async function look(paths: readonly string[], { config, err }: Surroundings): Promise<DryRun> {
  const { inflatedRatio } = config;
  const stop = stopSignal();
  try {
    const { signal } = stop;
    return await withJournal({ config, err, make: false }, (journal) =>
      dryRun(paths, { inflatedRatio, journal, signal }),
    );
  } finally {
    stop.forget();
  }
}

async function send(
  paths: readonly string[],
  { config, jobs, err }: Surroundings & { readonly jobs: number },
): Promise<Summary> {
  const { inflatedRatio } = config;
  const log = createLog({ level: 'error', destination: process.stderr });
  const isNew = !existsSync(join(archiveFolderOf(config), catalogName));
  const server = await reachServer({ config, log, connections: jobs });
  err.write(`bucky: ${whereTo(server, config, { isNew })}\n`);
  const stop = stopSignal();
  try {
    const { signal } = stop;
    return await withJournal({ config, err, make: true }, (journal) =>
      importPaths(paths, { server, jobs, journal, inflatedRatio, err, signal }),
    );
  } finally {
    stop.forget();
    await server.close();
  }
}

/** Says which archive is filled: one started from another folder, or without its variables, is another one. */
function whereTo({ isOwn }: LocalServer, { data }: Config, { isNew }: { readonly isNew: boolean }): string {
  if (!isOwn) return `into the running bucky at ${data}`;
  return `no bucky is running at ${data}: ${isNew ? 'making a new archive there' : 'opening the archive there'}`;
}

/** Lends the journal of imports, which a dry run does not make; without one that can be used, everything is sent. */
async function withJournal<T>(
  { config, err, make }: Surroundings & { readonly make: boolean },
  use: (journal: Journal | undefined) => Promise<T>,
): Promise<T> {
  const file = join(config.data, 'imports.sqlite');
  let journal: Journal | undefined;
  try {
    journal = make || existsSync(file) ? openJournal(file) : undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    err.write(`bucky: everything is sent, as ${file} cannot be used: ${why}\n`);
  }
  try {
    return await use(journal);
  } finally {
    journal?.close();
  }
}

function exitCode({ failed, interrupted }: Pick<Summary, 'failed' | 'interrupted'>): ExitCode {
  return Object.keys(failed).length > 0 || interrupted ? 1 : 0;
}

function parseJobs(text: string | undefined): number {
  if (text === undefined) return 4;
  if (!/^[1-9]\d?$/.test(text)) throw new BuckyError('configuration', '--jobs must be a whole number from 1 to 99');
  return Number(text);
}
