import { BuckyError } from '@bucky/dicom';
import { createLog } from '@bucky/server';
import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';
import { readConfig } from '../config/read-config.js';
import { reachServer, type LocalServer } from '../local-server.js';

/** One line of the list, as `/api/conflicts` tells it. */
interface Conflict {
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly reason: string;
  readonly receivedAt: string;
}

const header = ['received', 'reason', 'study', 'series', 'instance', 'receipt'].join('\t');

/** `bucky conflicts`. */
export const conflictsCommand: Command = {
  name: 'conflicts',
  summary: 'list files kept aside because their UID was taken',
  help: `Usage: bucky conflicts [--json] [--config PATH]

Lists the files that came under a SOP Instance UID which other bytes, another study or another series hold already. The
first stays in the archive; these are kept aside. Columns: ${header.split('\t').join(', ')}; TAB between.

  --json          one JSON object per line, with all that is known
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, { env, out }) {
    const { flags, texts } = parseArguments(args, { flags: ['json'] });
    const json = flags.has('json');
    const { config } = readConfig(env, texts.get('config'));
    const log = createLog({ level: 'error', destination: process.stderr });
    const server = await reachServer({ config, log });
    try {
      if (!json) out.write(`${header}\n`);
      for await (const conflict of allConflicts(server)) {
        out.write(`${json ? JSON.stringify(conflict) : line(conflict)}\n`);
      }
    } finally {
      await server.close();
    }
    return 0;
  },
};

function line({ receivedAt, reason, studyUid, seriesUid, instanceUid, receipt }: Conflict): string {
  return [receivedAt, reason, studyUid, seriesUid, instanceUid, receipt].join('\t');
}

/** Asks for one page after the other. */
async function* allConflicts(server: LocalServer): AsyncIterable<Conflict> {
  let after: string | undefined = '';
  do {
    const path = `/api/conflicts?limit=1000${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
    const { status, body } = await server.ask({ method: 'GET', path });
    if (status !== 200) throw new BuckyError('unavailable', `The server answered ${status} when asked for conflicts`);
    const page = JSON.parse(body) as { conflicts: Conflict[]; next?: string };
    yield* page.conflicts;
    after = page.next;
  } while (after !== undefined);
}
