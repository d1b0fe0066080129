import { parseArguments } from '../arguments.js';
import type { Command } from '../command.js';
import { vaultUrlOf } from '../compose.js';
import { optionNames, shownValue } from '../config.js';
import { configurationPage } from '../config/configuration-page.js';
import { readConfig } from '../config/read-config.js';

/** `bucky config`. */
export const configCommand: Command = {
  name: 'config',
  summary: 'print the settings in force and where each comes from',
  help: `Usage: bucky config [--config PATH] [--markdown]

Prints each setting, its value and where the value comes from: default, a file or a variable.

  --config PATH   read this JSON file (else BUCKY_CONFIG, else bucky.json in the data folder)
  --markdown      print docs/configuration.md instead
`,
  run(args, { env, out }) {
    const { flags, texts } = parseArguments(args, { flags: ['markdown'] });
    if (flags.has('markdown')) {
      out.write(configurationPage());
      return Promise.resolve(0);
    }
    const { config, sources } = readConfig(env, texts.get('config'));
    const shown = { ...config, vault: vaultUrlOf(config) };
    const rows = optionNames.map((name) => [name, shownValue(name, shown[name]), sources[name]] as const);
    const width = Math.max(...rows.map(([name]) => name.length)) + 2;
    const valueWidth = Math.max(...rows.map(([, value]) => value.length)) + 2;
    for (const [name, value, source] of rows) out.write(`${name.padEnd(width)}${value.padEnd(valueWidth)}${source}\n`);
    return Promise.resolve(0);
  },
};
