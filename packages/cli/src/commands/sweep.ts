import { withServer } from '../admin.js';
import { parseArguments, wholeNumber } from '../arguments.js';
import { askLines } from '../ask-lines.js';
import type { Command, ExitCode, Outside } from '../command.js';
import type { LocalServer } from '../local-server.js';
import { tellProgress } from '../tell-progress.js';

/** What a sweep tells, as `/api/sweep` sends it. */
type Told =
  | {
      readonly kind: 'orphan';
      readonly key: string;
      readonly size: number;
      readonly reason: string;
      readonly removed: boolean;
    }
  | { readonly kind: 'left'; readonly key: string; readonly reason: string }
  | { readonly kind: 'progress'; readonly objects: number }
  | {
      readonly kind: 'ended';
      readonly removed: number;
      readonly bytes: number;
      readonly young: number;
      readonly left: number;
    };

const columns = ['what', 'reason', 'bytes', 'key'];

/** `bucky sweep`. */
export const sweepCommand: Command = {
  name: 'sweep',
  summary: 'remove objects that nothing knows, left by crashes and races',
  help: `Usage: bucky sweep [--dry-run] [--older-than HOURS] [--all] [--json] [--config PATH]

Looks through the vault for originals that the catalog does not know and that are older than a grace time, and for records
of conflicts about files that are gone, and removes them. One line each: ${columns.join(', ')}; TAB between.

  removed same-bytes         another object holds the same bytes
  removed not-acknowledged   a crash came between vault and catalog: its sender was told that it failed
  removed nothing-named      the record of a conflict whose file is not there
  left unreadable            cannot be read as DICOM: damaged, and perhaps all there is of a file that a rebuild left out
  left acknowledged          a record in the vault names it, so the catalog should know it: run bucky rebuild

  --dry-run           remove nothing; lines say "found" in place of "removed"
  --older-than HOURS  touch nothing younger (default: sweepGraceHours)
  --all               remove however many there are; without it many unknown files are refused, as the catalog may be old
  --json              print all as JSON lines, the last one with the sums
  --config PATH       read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { flags, texts } = parseArguments(args, { flags: ['json', 'dry-run', 'all'], texts: ['older-than'] });
    const hours = texts.get('older-than');
    const grace = hours === undefined ? '' : `&olderThan=${wholeNumber('older-than', hours, 'hours')}`;
    const path = `/api/sweep?dryRun=${flags.has('dry-run')}&all=${flags.has('all')}${grace}`;
    const asked = { path, json: flags.has('json'), dryRun: flags.has('dry-run') };
    return withServer(outside, texts.get('config'), (server) => tell(server, outside, asked));
  },
};

async function tell(
  server: LocalServer,
  { out, err }: Outside,
  { path, json, dryRun }: { readonly path: string; readonly json: boolean; readonly dryRun: boolean },
): Promise<ExitCode> {
  const progress = tellProgress(err, 'sweep: begins');
  try {
    for await (const told of askLines<Told>(server, { method: 'POST', path })) {
      if (told.kind === 'progress') progress.update(`sweep: ${told.objects} objects`);
      else if (json) out.write(`${JSON.stringify(told)}\n`);
      else if (told.kind !== 'ended') out.write(`${line(told, dryRun)}\n`);
      if (told.kind === 'ended') {
        const { removed, bytes, young, left } = told;
        const sums = `${removed} removed, ${Math.round(bytes / 1e6)} MB`;
        progress.update(`sweep: ${sums}; ${young} too young, ${left} left`);
      }
    }
  } finally {
    progress.stop();
  }
  return 0;
}

function line(told: Extract<Told, { kind: 'orphan' | 'left' }>, dryRun: boolean): string {
  if (told.kind === 'left') return ['left', told.reason, '', told.key].join('\t');
  const what = told.removed ? 'removed' : dryRun ? 'found' : 'kept';
  return [what, told.reason, told.size, told.key].join('\t');
}
