import { parseArgs } from 'node:util';
import { fullSizes, quickSizes, type Sizes } from './sizes.js';

/** What `bench --help` says. */
export const help = `Usage: npm run bench -- [--url URL] [options]

Measures a DICOMweb server from outside: stores a synthetic CT, searches and retrieves. It leaves what it stored.

  --url URL         root of the DICOMweb services, for example http://127.0.0.1:8042/dicom-web
  --pid PID         the server's process, for processor time and peak memory (Linux)
  --baseline        also a plain node:http server doing the same work without DICOM, as the limit; alone without --url
  --folder FOLDER   where the plain server writes, so that it is the same disk (default: the temporary folder)
  --quick           little of everything, one round
  --slices N        slices of the CT, 512 x 512 x 16 (default ${fullSizes.slices})
  --big-mib N       size of the large object (default ${fullSizes.bigMib})
  --rounds N        rounds, of which the medians are printed (default ${fullSizes.rounds})
  --json            prints JSON instead of tables
  --help            prints this
`;

/** What is to be measured. */
export interface Options {
  readonly url: string | undefined;
  readonly pid: number | undefined;
  readonly baseline: boolean;
  readonly folder: string | undefined;
  readonly sizes: Sizes;
  readonly json: boolean;
  readonly help: boolean;
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(`--${name} must be a whole number above 0`);
  return Number(text);
}

/** Reads the command line. Throws what `parseArgs` throws, or `RangeError`. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      pid: { type: 'string' },
      baseline: { type: 'boolean', default: false },
      folder: { type: 'string' },
      quick: { type: 'boolean', default: false },
      slices: { type: 'string' },
      'big-mib': { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const sizes = values.quick ? quickSizes : fullSizes;
  const isWanted = values.help || values.baseline || values.url !== undefined;
  if (!isWanted) throw new RangeError('There must be a --url or --baseline');
  return {
    url: values.url?.replace(/\/+$/, ''),
    pid: whole('pid', values.pid),
    baseline: values.baseline,
    folder: values.folder,
    sizes: {
      ...sizes,
      slices: whole('slices', values.slices) ?? sizes.slices,
      bigMib: whole('big-mib', values['big-mib']) ?? sizes.bigMib,
      rounds: whole('rounds', values.rounds) ?? sizes.rounds,
    },
    json: values.json,
    help: values.help,
  };
}
