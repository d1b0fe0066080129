import { defaultPolicies } from '@bucky/archive';
import { defaultReadsAtOnce } from '@bucky/catalog';
import { defaultReaderLimits, isCharacterSet } from '@bucky/dicom';
import { logLevels } from '@bucky/server';
import { z } from 'zod';

/** What `docs/configuration.md` says of an option besides its name and default. */
interface About {
  readonly unit?: string;
  readonly sentence: string;
}

const count = (unit: string, sentence: string, { least = 1, most = Number.MAX_SAFE_INTEGER } = {}) =>
  z
    .int()
    .min(least)
    .max(most)
    .meta({ unit, sentence } satisfies About);
const text = (sentence: string) => z.string().meta({ sentence } satisfies About);
const list = (unit: string, sentence: string) => z.array(z.string().min(1)).meta({ unit, sentence } satisfies About);

const mebibyte = 2 ** 20;

/**
 * Every option: its form, default, unit and a sentence. The name of its variable follows from its own: `partBytes` is
 * `BUCKY_PART_BYTES`. A default must be safe for a hospital.
 */
export const configSchema = z.strictObject({
  host: text('Address to listen on. While nobody signs in it must be a loopback address.').default('127.0.0.1'),
  port: count('TCP port', 'Port to listen on; 0 takes any that is free.', { least: 0, most: 65535 }).default(8042),
  data: text('Folder for all that is local: catalog, lock, socket and, unless told otherwise, the vault.').default(
    'data',
  ),
  vault: text(
    'Where the originals lie: file:///folder or s3://bucket/prefix?endpoint=…&region=…&pathStyle=true, with credentials from the usual AWS variables. Empty is archives/main/vault below the data folder.',
  ).default(''),
  auth: z
    .enum(['off', 'on'])
    .meta({
      sentence: 'Whether people must sign in. They cannot yet: with on, Bucky refuses to start.',
    } satisfies About)
    .default('off'),
  publicHosts: list(
    'host or host:port, comma between',
    'Names besides the loopback ones under which browsers may reach Bucky; any other Host header is refused.',
  ).default([]),
  corsOrigins: list(
    'origins (https://name:port), comma between',
    'Web pages of other origins that may read and write here.',
  ).default([]),
  logLevel: z
    .enum(logLevels)
    .meta({ sentence: 'Least severity of the lines of the log.' } satisfies About)
    .default('info'),
  stopTimeoutSeconds: count('seconds', 'How long requests under way may take to end when Bucky is stopped.', {
    least: 0,
    most: 3600,
  }).default(30),
  floorRateBytesPerSecond: count(
    'bytes per second',
    'A request body that comes more slowly is cut with 408; time in which Bucky itself does not read is not counted.',
    { least: 0 },
  ).default(1024),
  floorRateSeconds: count('seconds', 'Time over which that speed is averaged.', { most: 3600 }).default(30),
  sealAfterSeconds: count(
    'seconds',
    'Once no instance has come to a series for so long, its metadata are sealed: made into the bytes that answers send.',
    { most: 86_400 },
  ).default(60),
  trashDays: count(
    'days',
    'How long what was deleted can be brought back; then its files are removed for good, unless the study is held.',
    { least: 0, most: 36_500 },
  ).default(30),
  sweepGraceHours: count(
    'hours',
    'bucky sweep touches nothing that came later than this, as it may still be on its way in.',
    { most: 87_600 },
  ).default(24),
  readsAtOnce: count(
    'requests',
    'Most searches, and most look-ups of each kind, that run or wait at once; one more is answered with 503.',
  ).default(defaultReadsAtOnce),
  inFlightBytes: count('bytes', 'Bytes of uploads held in memory at once, over all requests.', {
    least: mebibyte,
  }).default(defaultPolicies.inFlightBytes),
  bufferedBytes: count(
    'bytes',
    'Instances up to this size are held in memory, so that known bytes never reach the vault.',
    {
      least: 65536,
    },
  ).default(defaultPolicies.bufferedBytes),
  partBytes: count('bytes', 'Largest DICOM file that is taken.').default(defaultPolicies.partBytes),
  partsPerRequest: count(
    'parts',
    'Most files of one store: each is told of in the answer, which is held until the end.',
  ).default(defaultPolicies.partsPerRequest),
  reservedBytes: count('bytes', 'Uploads are refused with 507 while vault or data folder have less than this free.', {
    least: 0,
  }).default(defaultPolicies.reservedBytes),
  sealCacheBytes: count('bytes', 'Most bytes of sealed metadata kept on the local disk besides the vault.', {
    least: 0,
  }).default(defaultPolicies.sealCacheBytes),
  defaultCharacterSet: z
    .string()
    .refine(isCharacterSet)
    .meta({
      unit: 'Defined Term of (0008,0005)',
      sentence: 'Character set of text that declares none and is not UTF-8.',
    } satisfies About)
    .default(defaultPolicies.defaultCharacterSet),
  headerBytes: count('bytes', 'Most bytes of a file ahead of its pixels, also after inflating.').default(
    defaultReaderLimits.headerBytes,
  ),
  depth: count('levels', 'Most sequences within each other in a file.').default(defaultReaderLimits.depth),
  elements: count('elements', 'Most Data Elements, items, fragments and frames in a file.').default(
    defaultReaderLimits.elements,
  ),
  valueBytes: count('bytes', 'Most bytes of one value of text.').default(defaultReaderLimits.valueBytes),
  inlineBytes: count('bytes', 'A longer binary value is bulk data, fetched by its own URL.').default(
    defaultReaderLimits.inlineBytes,
  ),
  inflatedRatio: count(
    'times',
    'Most times its compressed size a Data Set, a ZIP that is imported or the body of a store may be, once it is over 64 MiB.',
  ).default(defaultReaderLimits.inflatedRatio),
});

/** What is in force; frozen. */
export type Config = Readonly<z.infer<typeof configSchema>>;

/** Name of an option. */
export type OptionName = keyof Config;

/** The options in the order they are shown. */
export const optionNames = Object.keys(configSchema.shape) as OptionName[];

/** Name of an option's variable. */
export function variableOf(name: OptionName): string {
  return `BUCKY_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Unit and sentence of an option. */
export function aboutOption(name: OptionName): About {
  return configSchema.shape[name].unwrap().meta() as unknown as About;
}

/** What a value of an option must be, in words that follow "must be". */
export function ruleOf(name: OptionName): string {
  const form: z.ZodType = configSchema.shape[name].unwrap();
  if (form instanceof z.ZodNumber) {
    const { minValue, maxValue: most } = form;
    const least = minValue ?? 0;
    const isOpen = most === null || most === Number.MAX_SAFE_INTEGER;
    return isOpen ? `a whole number, ${least} or more` : `a whole number from ${least} to ${most}`;
  }
  if (form instanceof z.ZodEnum) return `one of ${form.options.join(', ')}`;
  if (form instanceof z.ZodArray) return 'a list of texts, none of them empty';
  return name === 'defaultCharacterSet' ? 'a Defined Term of Specific Character Set, as ISO_IR 100' : 'text';
}

/** Defaults of all options. */
export const defaultConfig: Config = Object.freeze(configSchema.parse({}));

/** The value of an option as it may be shown: a password in the vault's URL is not. */
export function shownValue(name: OptionName, value: Config[OptionName]): string {
  const shown = Array.isArray(value) ? value.join(',') : String(value);
  return name === 'vault' ? hideSecrets(shown) : shown;
}

function hideSecrets(url: string): string {
  return url
    .replace(/^(\w+:\/\/[^/@:]*):[^/@]*@/, '$1:***@')
    .replace(/([?&][^=&]*(?:secret|password|token)[^=&]*=)[^&]*/gi, '$1***');
}
