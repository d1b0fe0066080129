import { askJson, listAll, withServer } from '../admin.js';
import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';

interface Deletion {
  readonly receipt: string;
  readonly studyUid: string;
  readonly seriesUid?: string;
  readonly instanceUid?: string;
  readonly instances: number;
  readonly bytes: number;
  readonly deletedAt: string;
  readonly undoneBy?: string;
  readonly purgeBegan?: string;
  readonly purgedAt?: string;
}

const header = ['deleted', 'state', 'instances', 'bytes', 'study', 'series', 'instance', 'deletion'].join('\t');

/** `bucky undelete`. */
export const undeleteCommand: Command = {
  name: 'undelete',
  summary: 'bring back what was deleted; without a number, list deletions',
  help: `Usage: bucky undelete [DELETION…] [--json] [--config PATH]

Brings back what the deletions of these numbers hid, until their retention has passed. An instance whose UID other bytes
took meanwhile comes back as a conflict. Without a number lists the deletions, newest first. Columns:
${header.split('\t').join(', ')}; TAB between.

  --json          one JSON object per line
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { flags, texts, words } = parseArguments(args, { flags: ['json'], words: true });
    const json = flags.has('json');
    return withServer(outside, texts.get('config'), async (server) => {
      for (const word of words) {
        const path = `/api/deletions/${encodeURIComponent(word)}/undo`;
        const undone = (await askJson(server, { method: 'POST', path })) as { restored: number; conflicts: number };
        const said = `${word}: ${undone.restored} instances are back, ${undone.conflicts} in conflict`;
        outside.out.write(`${json ? JSON.stringify({ deletion: word, ...undone }) : said}\n`);
      }
      if (words.length > 0) return 0;
      if (!json) outside.out.write(`${header}\n`);
      const asked = { path: '/api/deletions', name: 'deletions', as: 'before' } as const;
      for await (const one of listAll<Deletion>(server, asked)) {
        outside.out.write(`${json ? JSON.stringify(one) : line(one)}\n`);
      }
      return 0;
    });
  },
};

function line(one: Deletion): string {
  const { studyUid, seriesUid = '', instanceUid = '', receipt } = one;
  return [one.deletedAt, stateOf(one), one.instances, one.bytes, studyUid, seriesUid, instanceUid, receipt].join('\t');
}

function stateOf({ undoneBy, purgedAt, purgeBegan }: Deletion): string {
  if (undoneBy !== undefined) return 'undone';
  if (purgedAt !== undefined) return 'purged';
  return purgeBegan === undefined ? 'hidden' : 'purging';
}
