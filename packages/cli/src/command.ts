import type { Writable } from 'node:stream';
import type { Environment } from './config/read-config.js';

/** Where a command writes; a terminal says so. */
export type Output = Writable & { readonly isTTY?: boolean };

/** What a command has of the outside. */
export interface Outside {
  readonly env: Environment;
  readonly out: Output;
  readonly err: Output;
}

/** Exit code of a command: 0 all done, 1 something failed, 2 it could not be understood or begun. */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Runs with the arguments after the command's name. Throws `configuration` for what exits with 2. */
  readonly run: (args: readonly string[], outside: Outside) => Promise<ExitCode>;
}
