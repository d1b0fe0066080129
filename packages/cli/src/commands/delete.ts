import { BuckyError } from '@bucky/dicom';
import { problemOf, withServer } from '../admin.js';
import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';

/** `bucky delete`. */
export const deleteCommand: Command = {
  name: 'delete',
  summary: 'hide a study, series or instance; it can be undone',
  help: `Usage: bucky delete --study UID [--series UID [--instance UID]] [--config PATH]

Hides a study, or one series or instance of it, at once from every search and retrieve. The files stay until the retention
(trashDays) has passed. Prints the number of the deletion, by which bucky undelete brings all back.

  --study UID      Study Instance UID
  --series UID     Series Instance UID
  --instance UID   SOP Instance UID
  --config PATH    read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
`,
  async run(args, outside) {
    const { texts } = parseArguments(args, { texts: ['study', 'series', 'instance'] });
    const path = pathOf(texts);
    return withServer(outside, texts.get('config'), async (server) => {
      const { status, headers, body } = await server.ask({ method: 'DELETE', path });
      if (status !== 204) throw problemOf(status, body);
      outside.out.write(`${String(headers['bucky-deletion'])}\n`);
      return 0;
    });
  },
};

function pathOf(texts: ReadonlyMap<string, string>): string {
  const [study, series, instance] = ['study', 'series', 'instance'].map((name) => texts.get(name));
  if (study === undefined) throw new BuckyError('configuration', 'Name what to delete: --study UID');
  if (instance !== undefined && series === undefined) {
    throw new BuckyError('configuration', 'An --instance needs the --series it is in');
  }
  const levels = [
    ['studies', study],
    ['series', series],
    ['instances', instance],
  ];
  const given = levels.filter(([, uid]) => uid !== undefined);
  return `/dicom-web${given.map(([level, uid]) => `/${level!}/${encodeURIComponent(uid!)}`).join('')}`;
}
