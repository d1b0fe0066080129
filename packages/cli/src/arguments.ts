import { parseArgs, type ParseArgsConfig } from 'node:util';
import { BuckyError } from '@bucky/dicom';

/** What a command line held: options by name, and the words beside them. */
export interface ParsedArguments {
  readonly flags: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

/** The options a command knows besides `--config PATH`; those of `words` may be named without an option. */
export interface KnownArguments {
  readonly flags?: readonly string[];
  readonly texts?: readonly string[];
  readonly words?: boolean;
}

/** Parses a command's arguments. Throws `configuration` for what it does not know. */
export function parseArguments(args: readonly string[], known: KnownArguments): ParsedArguments {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const name of known.flags ?? []) options[name] = { type: 'boolean' };
  for (const name of ['config', ...(known.texts ?? [])]) options[name] = { type: 'string' };
  try {
    const parsed = parseArgs({ args: [...args], options, allowPositionals: known.words ?? false });
    const values = Object.entries(parsed.values);
    return {
      flags: new Set(values.filter(([, value]) => value === true).map(([name]) => name)),
      texts: new Map(values.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
      words: parsed.positionals,
    };
  } catch (cause) {
    // Only the first sentence: the rest tells how to write a word that begins with a dash.
    const { message } = cause as { message?: string };
    const said = message?.split(/\. |\n/)[0];
    throw new BuckyError('configuration', said ?? 'The arguments cannot be understood', { cause });
  }
}

/** Reads a count from an option's text. Throws `configuration`. */
export function wholeNumber(name: string, text: string, unit: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new BuckyError('configuration', `The --${name} must be a whole number of ${unit}, at least 1`);
}
