import { BuckyError } from '@bucky/dicom';
import { createLog } from '@bucky/server';
import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';
import { readConfig } from '../config/read-config.js';
import { importPaths } from '../import/import-paths.js';
import { describeSummary } from '../import/tally.js';
import { reachServer } from '../local-server.js';
import { stopSignal } from '../stop-signal.js';

/** `bucky import`. */
export const importCommand: Command = {
  name: 'import',
  summary: 'store the DICOM files at and below paths',
  help: `Usage: bucky import PATH… [--jobs N] [--json] [--config PATH]

Stores the DICOM files at and below the paths, in the order of their names. What is not DICOM is passed by and counted. It can
be repeated, also after an interruption: what is already there is not stored again. Uses the running bucky when there is
one, else opens the archive itself. Exits with 1 when a file could not be stored.

  --jobs N        files sent at once (default 4)
  --json          print the summary as JSON
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, { env, out, err }) {
    const { flags, texts, words } = parseArguments(args, { flags: ['json'], texts: ['jobs'], words: true });
    if (words.length === 0) throw new BuckyError('configuration', 'Name at least one path to import');
    const jobs = parseJobs(texts.get('jobs'));
    const { config } = readConfig(env, texts.get('config'));
    const log = createLog({ level: 'error', destination: process.stderr });
    const server = await reachServer({ config, log, connections: jobs });
    const stop = stopSignal();
    try {
      const summary = await importPaths(words, { server, jobs, err, signal: stop.signal });
      out.write(flags.has('json') ? `${JSON.stringify(summary)}\n` : describeSummary(summary));
      const failed = Object.keys(summary.failed).length > 0;
      return failed || summary.interrupted ? 1 : 0;
    } finally {
      stop.forget();
      await server.close();
    }
  },
};

function parseJobs(text: string | undefined): number {
  if (text === undefined) return 4;
  if (!/^[1-9]\d?$/.test(text)) throw new BuckyError('configuration', '--jobs must be a whole number from 1 to 99');
  return Number(text);
}
