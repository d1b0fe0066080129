import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rebuild, type RebuildReport } from '@bucky/archive';
import { BuckyError } from '@bucky/dicom';
import { createLog } from '@bucky/server';
import { parseArguments } from '../arguments.js';
import type { Command, Output } from '../command.js';
import { archiveFolderOf, catalogName, compose } from '../compose.js';
import { readConfig } from '../config/read-config.js';
import { stopSignal } from '../stop-signal.js';

/** Keys that are named of each kind of trouble; all of them with --json. */
const namedKeys = 20;

/** `bucky rebuild`. */
export const rebuildCommand: Command = {
  name: 'rebuild',
  summary: 'make the catalog anew from the vault alone',
  help: `Usage: bucky rebuild [--json] [--config PATH]

Reads the whole vault and makes the catalog anew: what searches and retrieves answer is as it was before. No bucky may be
running on this data folder. The catalog that is there is kept as ${catalogName}.old, and stays in place until the new one
is whole; an interrupted rebuild changes nothing. Exits with 1 when something was damaged or missing.

  --json          print the report as JSON, with every key
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, { env, out, err }) {
    const { flags, texts } = parseArguments(args, { flags: ['json'] });
    const { config } = readConfig(env, texts.get('config'));
    const file = join(archiveFolderOf(config), catalogName);
    const fresh = `${file}.new`;
    await removeDatabase(fresh);
    const log = createLog({ level: 'error', destination: process.stderr });
    const composed = await compose(config, log, { catalogFile: fresh });
    if (composed === undefined) throw new BuckyError('locked', `Another bucky holds ${config.data}: stop it first`);
    const stop = stopSignal();
    const progress = showRebuilding(err);
    let report: RebuildReport;
    try {
      report = await rebuild(composed.archive, { onProgress: progress.update, signal: stop.signal });
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      throw new BuckyError('aborted', 'Interrupted: the catalog is as it was', { cause: error });
    } finally {
      progress.stop();
      stop.forget();
      await composed.close();
    }
    await removeDatabase(`${file}.old`);
    for (const part of ['', '-wal', '-shm'])
      if (existsSync(file + part)) await rename(file + part, `${file}.old${part}`);
    await rename(fresh, file);
    out.write(flags.has('json') ? `${JSON.stringify(report)}\n` : describe(report));
    return report.damaged.length + report.missing.length > 0 ? 1 : 0;
  },
};

async function removeDatabase(file: string): Promise<void> {
  for (const part of ['', '-wal', '-shm']) await rm(file + part, { force: true });
}

interface Progress {
  readonly update: (done: { readonly instances: number; readonly bytes: number }) => void;
  readonly stop: () => void;
}

function showRebuilding(err: Output): Progress {
  let last = { instances: 0, bytes: 0 };
  const began = performance.now();
  const write = (): void => {
    const perSecond = Math.round(last.instances / Math.max(0.001, (performance.now() - began) / 1000));
    const line = `rebuild: ${last.instances} files, ${Math.round(last.bytes / 1e6)} MB, ${perSecond} files a second`;
    err.write(err.isTTY === true ? `\r${line}` : `${line}\n`);
  };
  const ticking = setInterval(write, err.isTTY === true ? 200 : 5000);
  return {
    update: (done) => {
      last = done;
    },
    stop: () => {
      clearInterval(ticking);
      write();
      if (err.isTTY === true) err.write('\n');
    },
  };
}

function describe(report: RebuildReport): string {
  const { instances, bytes, conflicts, deletions, decisions } = report;
  const troubles = [
    ['damaged or no DICOM, left where they are', report.damaged],
    ['named by a record and missing', report.missing],
    ['in conflict without a record, now recorded', report.newConflicts],
    ['of the same bytes as another, for bucky sweep', report.twins],
  ] as const;
  return [
    `${instances} instances, ${Math.round(bytes / 1e6)} MB; ${conflicts} conflicts, ${deletions} deletions, ${decisions} decisions`,
    'Lost, as only the catalog knew it: what sent each file, and the numbers of the feed of changes, which begins anew.',
    ...troubles.flatMap(([what, keys]) =>
      keys.length === 0
        ? []
        : [
            `${keys.length} ${what}:`,
            ...keys.slice(0, namedKeys).map((key) => `  ${key}`),
            ...(keys.length > namedKeys ? ['  …'] : []),
          ],
    ),
    '',
  ].join('\n');
}
