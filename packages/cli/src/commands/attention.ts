import { listAll, withServer } from '../admin.js';
import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';

interface Attention {
  readonly studyUid: string;
  readonly keyword: string;
  readonly receipt: string;
  readonly againstReceipt: string;
}

const header = ['study', 'attribute', 'receipt', 'against'].join('\t');

/** `bucky attention`. */
export const attentionCommand: Command = {
  name: 'attention',
  summary: 'list studies whose instances name different patients',
  help: `Usage: bucky attention [--json] [--config PATH]

Lists the studies whose instances do not agree on Patient ID, birth date or sex: all are stored, none is merged in silence,
and somebody should look. Columns: ${header.split('\t').join(', ')}; TAB between. Delete what is wrong with bucky delete.

  --json          one JSON object per line
  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { flags, texts } = parseArguments(args, { flags: ['json'] });
    return withServer(outside, texts.get('config'), async (server) => {
      if (!flags.has('json')) outside.out.write(`${header}\n`);
      for await (const one of listAll<Attention>(server, { path: '/api/attention', name: 'attention' })) {
        const line = [one.studyUid, one.keyword, one.receipt, one.againstReceipt].join('\t');
        outside.out.write(`${flags.has('json') ? JSON.stringify(one) : line}\n`);
      }
      return 0;
    });
  },
};
