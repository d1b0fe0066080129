import { BuckyError } from '@bucky/dicom';
import { withServer } from '../admin.js';
import { parseArguments, wholeNumber } from '../arguments.js';
import { askLines } from '../ask-lines.js';
import type { Command, Outside } from '../command.js';
import type { LocalServer } from '../local-server.js';
import { tellProgress } from '../tell-progress.js';

/** What a verification tells, as `/api/verify` sends it. */
type Told =
  | {
      readonly kind: 'damaged';
      readonly damage: string;
      readonly studyUid: string;
      readonly seriesUid: string;
      readonly instanceUid: string;
      readonly key: string;
    }
  | { readonly kind: 'progress'; readonly files: number; readonly bytes: number }
  | Ended;

interface Ended {
  readonly kind: 'ended';
  readonly files: number;
  readonly bytes: number;
  readonly damaged: number;
  readonly atEnd: boolean;
}

const columns = ['damage', 'study', 'series', 'instance', 'key'];

/** `bucky verify`. */
export const verifyCommand: Command = {
  name: 'verify',
  summary: 'read stored files again and name those that are damaged',
  help: `Usage: bucky verify [--bytes N] [--rate N] [--json] [--config PATH]

Reads every file of the archive again, those kept aside or hidden included, and compares it with its size and SHA-256 as it
was received. Prints one line for each that is damaged: ${columns.join(', ')}; TAB between. The damage is one of
missing, wrong-size, wrong-bytes, unreadable. The server goes on beside it. Exits with 1 when something is damaged.

  --bytes N       read about N bytes, from where the last run with --bytes ended: for a job that runs every night
  --rate N        read N bytes a second at most (default: as fast as it goes)
  --json          print all as JSON lines, the last one with what was read
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { flags, texts } = parseArguments(args, { flags: ['json'], texts: ['bytes', 'rate'] });
    const asked = ['bytes', 'rate'].flatMap((name) => {
      const text = texts.get(name);
      return text === undefined ? [] : [`${name}=${wholeNumber(name, text, 'bytes')}`];
    });
    const path = `/api/verify?${asked.join('&')}`;
    return withServer(outside, texts.get('config'), async (server) => {
      const { damaged } = await tell(server, outside, { path, json: flags.has('json') });
      return damaged > 0 ? 1 : 0;
    });
  },
};

async function tell(
  server: LocalServer,
  { out, err }: Outside,
  { path, json }: { readonly path: string; readonly json: boolean },
): Promise<Ended> {
  const progress = tellProgress(err, 'verify: begins');
  try {
    for await (const told of askLines<Told>(server, { method: 'POST', path })) {
      if (told.kind === 'progress') progress.update(`verify: ${told.files} files, ${megabytes(told.bytes)} MB`);
      else if (json) out.write(`${JSON.stringify(told)}\n`);
      else if (told.kind === 'damaged') {
        const { damage, studyUid, seriesUid, instanceUid, key } = told;
        out.write(`${[damage, studyUid, seriesUid, instanceUid, key].join('\t')}\n`);
      }
      if (told.kind === 'ended') {
        const place = told.atEnd ? 'the whole archive is read' : 'the next run goes on from here';
        progress.update(`verify: ${told.files} files, ${megabytes(told.bytes)} MB, ${told.damaged} damaged; ${place}`);
        return told;
      }
    }
  } finally {
    progress.stop();
  }
  throw new BuckyError('unavailable', 'The server is gone: its answer broke off');
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
