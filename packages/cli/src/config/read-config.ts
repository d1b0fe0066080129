import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BuckyError, suggestName } from '@bucky/dicom';
import type { z } from 'zod';
import {
  configSchema,
  defaultConfig,
  optionNames,
  ruleOf,
  variableOf,
  type Config,
  type OptionName,
} from '../config.js';
import { fileErrorReason } from '../file-error.js';

/** Variables that begin like options and are none: the file to read, and what only our tests are told. */
const notOption = /^BUCKY_(?:CONFIG|CORPUS|FIXTURES|TEST_\w+|E2E_\w+)$/;

/** What is in force, and where each value comes from: `default`, a path, or the name of a variable. */
export interface ReadConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<OptionName, string>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type Layer = Map<OptionName, { readonly value: unknown; readonly source: string }>;

/**
 * Reads the configuration: defaults, over them the file (`configPath`, else `BUCKY_CONFIG`, else `bucky.json` in the
 * data folder where it exists), over it the variables that are not empty. Throws `configuration`.
 */
export function readConfig(env: Environment, configPath?: string): ReadConfig {
  const variables = variableLayer(env);
  const named = configPath ?? (env['BUCKY_CONFIG'] === '' ? undefined : env['BUCKY_CONFIG']);
  const dataFolder = (variables.get('data')?.value as string | undefined) ?? defaultConfig.data;
  const file = named === undefined ? fileLayer(join(dataFolder, 'bucky.json'), { optional: true }) : fileLayer(named);
  const layer: Layer = new Map([...file, ...variables]);
  const parsed = configSchema.safeParse(Object.fromEntries([...layer].map(([name, { value }]) => [name, value])));
  if (!parsed.success) throw refusal(parsed.error, layer);
  const sources = optionNames.map((name) => [name, layer.get(name)?.source ?? 'default']);
  return {
    config: Object.freeze({ ...parsed.data, data: resolve(parsed.data.data) }),
    sources: Object.fromEntries(sources) as Record<OptionName, string>,
  };
}

function variableLayer(env: Environment): Layer {
  const layer: Layer = new Map();
  const names = new Map(optionNames.map((name) => [variableOf(name), name]));
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('BUCKY_') || notOption.test(variable)) continue;
    const name = names.get(variable);
    if (name === undefined) throw unknown(variable, 'the environment', [...names.keys()]);
    if (text !== undefined && text !== '') layer.set(name, { value: valueOf(name, text), source: variable });
  }
  return layer;
}

/** Reads the text of a variable in the form of the option's default; what does not fit is left for the schema to refuse. */
function valueOf(name: OptionName, text: string): unknown {
  const form = defaultConfig[name];
  if (typeof form === 'number') return /^\d+$/.test(text) ? Number(text) : text;
  if (typeof form === 'string') return text;
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function fileLayer(path: string, { optional = false } = {}): Layer {
  const text = readText(path, optional);
  if (text === undefined) return new Map();
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new BuckyError('configuration', `Cannot read the configuration ${path}: it is not JSON`, { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new BuckyError('configuration', `Cannot read the configuration ${path}: it is not a JSON object`);
  }
  for (const key of Object.keys(parsed)) {
    if (!optionNames.some((name) => name === key)) throw unknown(key, path, optionNames);
  }
  const entries: [string, unknown][] = Object.entries(parsed);
  return new Map(entries.map(([name, value]) => [name as OptionName, { value, source: path }]));
}

function readText(path: string, optional: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (optional && code === 'ENOENT') return undefined;
    const what = optional ? `bucky.json in the data folder ${dirname(path)}` : `the configuration ${path}`;
    throw new BuckyError('configuration', `Cannot read ${what}: ${fileErrorReason(cause)}`, { cause });
  }
}

function unknown(written: string, where: string, names: readonly string[]): BuckyError {
  return new BuckyError('configuration', `Unknown setting ${written} in ${where}: ${suggestName(written, names)}`);
}

/** Names every setting that cannot be used, once. */
function refusal(error: z.ZodError, layer: Layer): BuckyError {
  const names = new Set(error.issues.map(({ path }) => path[0] as OptionName));
  const sentences = [...names].map((name) => {
    const source = layer.get(name)?.source ?? 'the configuration';
    return `Cannot use the setting ${name} of ${source}: it must be ${ruleOf(name)}`;
  });
  return new BuckyError('configuration', sentences.join('. '));
}
