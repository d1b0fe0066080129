import type { Output } from './command.js';

/** Writes how far long work has come: over itself on a terminal, else a line now and then. */
export interface ToldProgress {
  update(line: string): void;
  stop(): void;
}

const [terminalMs, linesMs] = [200, 5000];

/** Begins to tell of progress on `err`. */
export function tellProgress(err: Output, first: string): ToldProgress {
  const isTerminal = err.isTTY === true;
  let last = first;
  const write = (): void => {
    err.write(isTerminal ? `\r\u001b[K${last}` : `${last}\n`);
  };
  const ticking = setInterval(write, isTerminal ? terminalMs : linesMs);
  return {
    update: (line) => {
      last = line;
    },
    stop: () => {
      clearInterval(ticking);
      write();
      if (isTerminal) err.write('\n');
    },
  };
}
