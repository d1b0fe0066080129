import { BuckyError } from '@bucky/dicom';
import { askJson, listAll, withServer } from '../admin.js';
import { parseArguments } from '../arguments.js';
import type { Command, Output } from '../command.js';
import type { LocalServer } from '../local-server.js';
import { describeDifference, type Difference } from './describe-difference.js';

/** One line of the list, as `/api/conflicts` tells it. */
interface Conflict {
  readonly receipt: string;
  readonly state: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly instanceUid: string;
  readonly reason: string;
  readonly receivedAt: string;
}

const header = ['received', 'state', 'reason', 'study', 'series', 'instance', 'receipt'].join('\t');
const verdicts = ['accept', 'discard', 'reopen'];

/** `bucky conflicts`. */
export const conflictsCommand: Command = {
  name: 'conflicts',
  summary: 'list, show and decide about files kept aside because their UID was taken',
  help: `Usage: bucky conflicts [--all] [--study UID] [--json]
       bucky conflicts show RECEIPT… [--json]
       bucky conflicts accept|discard|reopen RECEIPT…|--study UID

Lists the files that came under a SOP Instance UID which other bytes, another study or another series hold already. The
first stays in the archive; these are kept aside. Columns: ${header.split('\t').join(', ')}; TAB between.

  show       how a file differs from the one that holds its UID: by attribute, and by a hash of its pixels. Prints patient data
  accept     the file counts from now on; the one that held its UID is kept as replaced
  discard    the file is not wanted; its bytes are kept
  reopen     undo accept or discard

  --study UID     only those of this study; with accept, discard or reopen, all of them
  --all           list those that have been decided as well
  --json          one JSON object per line, with all that is known
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { flags, texts, words } = parseArguments(args, { flags: ['json', 'all'], texts: ['study'], words: true });
    const [verb = 'list', ...receipts] = words;
    const json = flags.has('json');
    const studyUid = texts.get('study');
    return withServer(outside, texts.get('config'), async (server) => {
      if (verb === 'list') await list(server, outside.out, { json, all: flags.has('all'), studyUid });
      else if (verb === 'show')
        for (const receipt of named(receipts)) await show(server, outside.out, { json, receipt });
      else if (verdicts.includes(verb)) await decide(server, outside.out, { verb, receipts, studyUid });
      else throw new BuckyError('configuration', `There is no ${verb}: say show, accept, discard or reopen`);
      return 0;
    });
  },
};

function named(receipts: readonly string[]): readonly string[] {
  if (receipts.length === 0) throw new BuckyError('configuration', 'Name at least one receipt, as the list shows them');
  return receipts;
}

interface ListAsked {
  readonly json: boolean;
  readonly all: boolean;
  readonly studyUid: string | undefined;
}

async function list(server: LocalServer, out: Output, { json, all, studyUid }: ListAsked): Promise<void> {
  if (!json) out.write(`${header}\n`);
  for await (const conflict of conflictsOf(server, { all, studyUid })) {
    out.write(`${json ? JSON.stringify(conflict) : line(conflict)}\n`);
  }
}

function conflictsOf(server: LocalServer, { all, studyUid }: Omit<ListAsked, 'json'>): AsyncIterable<Conflict> {
  const study = studyUid === undefined ? '' : `&study=${encodeURIComponent(studyUid)}`;
  return listAll<Conflict>(server, { path: `/api/conflicts?all=${all}${study}`, name: 'conflicts' });
}

function line({ receivedAt, state, reason, studyUid, seriesUid, instanceUid, receipt }: Conflict): string {
  return [receivedAt, state, reason, studyUid, seriesUid, instanceUid, receipt].join('\t');
}

async function show(
  server: LocalServer,
  out: Output,
  { json, receipt }: { readonly json: boolean; readonly receipt: string },
): Promise<void> {
  const path = `/api/conflicts/${encodeURIComponent(receipt)}`;
  const difference = (await askJson(server, { method: 'GET', path })) as Difference;
  out.write(json ? `${JSON.stringify(difference)}\n` : describeDifference(difference));
}

async function decide(
  server: LocalServer,
  out: Output,
  asked: { readonly verb: string; readonly receipts: readonly string[]; readonly studyUid: string | undefined },
): Promise<void> {
  const { verb, receipts, studyUid } = asked;
  const chosen: string[] = [];
  if (studyUid === undefined) chosen.push(...named(receipts));
  else {
    for await (const { receipt } of conflictsOf(server, { all: verb === 'reopen', studyUid })) chosen.push(receipt);
  }
  for (const receipt of chosen) {
    await askJson(server, { method: 'POST', path: `/api/conflicts/${encodeURIComponent(receipt)}/${verb}` });
    out.write(`${receipt}: ${verb}\n`);
  }
}
