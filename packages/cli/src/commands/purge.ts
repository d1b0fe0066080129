import { withServer } from '../admin.js';
import { parseArguments } from '../arguments.js';
import { askLines } from '../ask-lines.js';
import type { Command, ExitCode, Outside } from '../command.js';
import type { LocalServer } from '../local-server.js';
import { tellProgress } from '../tell-progress.js';

/** What a purge tells, as `/api/purge` sends it. */
type Told =
  | {
      readonly kind: 'purged' | 'due';
      readonly deletion: string;
      readonly studyUid: string;
      readonly files: number;
    }
  | { readonly kind: 'held'; readonly deletion: string; readonly studyUid: string }
  | { readonly kind: 'progress'; readonly files: number }
  | { readonly kind: 'ended'; readonly deletions: number; readonly files: number };

const columns = ['what', 'files', 'study', 'deletion'];

/** `bucky purge`. */
export const purgeCommand: Command = {
  name: 'purge',
  summary: 'remove for good what was deleted longer ago than trashDays',
  help: `Usage: bucky purge [--dry-run] [--json] [--config PATH]

Removes the files of deletions whose retention (trashDays) has passed: they cannot be brought back. The server does the same
once an hour. It can be stopped anywhere; the next purge goes on. Studies that are held are passed by. One line for each deletion: ${columns.join(', ')};
TAB between.

  --dry-run       remove nothing; say what is due
  --json          print all as JSON lines, the last one with the sums
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { flags, texts } = parseArguments(args, { flags: ['json', 'dry-run'] });
    const path = `/api/purge?dryRun=${flags.has('dry-run')}`;
    return withServer(outside, texts.get('config'), (server) =>
      tell(server, outside, { path, json: flags.has('json') }),
    );
  },
};

async function tell(
  server: LocalServer,
  { out, err }: Outside,
  { path, json }: { readonly path: string; readonly json: boolean },
): Promise<ExitCode> {
  const progress = tellProgress(err, 'purge: begins');
  try {
    for await (const told of askLines<Told>(server, { method: 'POST', path })) {
      if (told.kind === 'progress') progress.update(`purge: ${told.files} files`);
      else if (json) out.write(`${JSON.stringify(told)}\n`);
      else if (told.kind !== 'ended') {
        out.write(`${[told.kind, told.kind === 'held' ? '' : told.files, told.studyUid, told.deletion].join('\t')}\n`);
      }
      if (told.kind === 'ended') progress.update(`purge: ${told.files} files of ${told.deletions} deletions`);
    }
  } finally {
    progress.stop();
  }
  return 0;
}
