import { readFileSync } from 'node:fs';
import { BuckyError, suggestName } from '@bucky/dicom';
import { thrownFields } from '@bucky/server';
import type { Command, ExitCode, Outside } from './command.js';
import { attentionCommand } from './commands/attention.js';
import { configCommand } from './commands/config.js';
import { conflictsCommand } from './commands/conflicts.js';
import { deleteCommand } from './commands/delete.js';
import { undeleteCommand } from './commands/undelete.js';
import { holdCommand } from './commands/hold.js';
import { importCommand } from './commands/import.js';
import { purgeCommand } from './commands/purge.js';
import { rebuildCommand } from './commands/rebuild.js';
import { serveCommand } from './commands/serve.js';
import { sweepCommand } from './commands/sweep.js';
import { verifyCommand } from './commands/verify.js';

const commands: readonly Command[] = [
  serveCommand,
  importCommand,
  conflictsCommand,
  attentionCommand,
  deleteCommand,
  undeleteCommand,
  holdCommand,
  purgeCommand,
  rebuildCommand,
  verifyCommand,
  sweepCommand,
  configCommand,
];

/** What `bucky --help` prints. */
export const usage = `Usage: bucky COMMAND [OPTIONS]

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(11)}${summary}`).join('\n')}

bucky COMMAND --help tells more, bucky --version which version this is. bucky config prints the settings, bucky config
--markdown explains them. Exit codes: 0 all done, 1 something failed, 2 wrong use or configuration.
`;

/** Runs the command line; resolves with the exit code. */
export async function main(args: readonly string[], outside: Outside): Promise<ExitCode> {
  const [name, ...rest] = args;
  if (name === '--help' || name === '-h' || name === 'help') {
    outside.out.write(usage);
    return 0;
  }
  if (name === '--version' || name === '-V') {
    outside.out.write(`bucky ${version()}\n`);
    return 0;
  }
  if (name === undefined) {
    outside.err.write(usage);
    return 2;
  }
  const command = commands.find((one) => one.name === name);
  if (command === undefined) {
    const names = commands.map((one) => one.name);
    outside.err.write(`bucky: there is no command ${name}: ${suggestName(name, names)}\n`);
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    outside.out.write(command.help);
    return 0;
  }
  try {
    return await command.run(rest, outside);
  } catch (error) {
    return tell(error, outside);
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** Says in one line what went wrong; a bug also says where. */
function tell(error: unknown, { err }: Outside): ExitCode {
  if (error instanceof BuckyError && error.code !== 'internal') {
    err.write(`bucky: ${error.message}\n`);
    return error.code === 'configuration' || error.code === 'locked' ? 2 : 1;
  }
  const { reason, stack } = thrownFields(error);
  err.write(`bucky: internal error: ${String(reason)}\n${stack === undefined ? '' : `${String(stack)}\n`}`);
  return 1;
}
