import { BuckyError } from '@bucky/dicom';
import { askJson, listAll, withServer } from '../admin.js';
import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';

interface Hold {
  readonly studyUid: string;
  readonly reason: string;
  readonly heldBy: string;
  readonly heldAt: string;
}

const header = ['held', 'by', 'study', 'reason'].join('\t');

/** `bucky hold`. */
export const holdCommand: Command = {
  name: 'hold',
  summary: 'hold studies, which can then not be deleted, and release them',
  help: `Usage: bucky hold add --study UID [--reason TEXT]
       bucky hold remove --study UID
       bucky hold list [--json]

A study that is held cannot be deleted, and what was deleted of it before is not removed: neither after trashDays nor by bucky
purge. Columns of the list: ${header.split('\t').join(', ')}; TAB between.

  --study UID     Study Instance UID; the study need not be there
  --reason TEXT   why, for whoever reads the list
  --json          one JSON object per line
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { flags, texts, words } = parseArguments(args, { flags: ['json'], texts: ['study', 'reason'], words: true });
    const [verb = 'list', ...others] = words;
    if (!['add', 'remove', 'list'].includes(verb) || others.length > 0) {
      throw new BuckyError('configuration', `There is no ${words.join(' ')}: say add, remove or list`);
    }
    const study = texts.get('study');
    if (verb !== 'list' && study === undefined) {
      throw new BuckyError('configuration', `Name the study to ${verb === 'add' ? 'hold' : 'release'}: --study UID`);
    }
    return withServer(outside, texts.get('config'), async (server) => {
      if (verb !== 'list') {
        const reason = encodeURIComponent(texts.get('reason') ?? '');
        const path = `/api/holds/${encodeURIComponent(study!)}/${verb}?reason=${reason}`;
        await askJson(server, { method: 'POST', path });
        outside.out.write(`${study!}: ${verb === 'add' ? 'held' : 'released'}\n`);
        return 0;
      }
      if (!flags.has('json')) outside.out.write(`${header}\n`);
      for await (const hold of listAll<Hold>(server, { path: '/api/holds', name: 'holds' })) {
        const { heldAt, heldBy, studyUid, reason } = hold;
        const line = [heldAt, heldBy, studyUid, reason.replace(/\s+/g, ' ')].join('\t');
        outside.out.write(`${flags.has('json') ? JSON.stringify(hold) : line}\n`);
      }
      return 0;
    });
  },
};
