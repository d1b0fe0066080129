import { Presets, SingleBar } from 'cli-progress';
import type { Output } from '../command.js';
import type { Tally } from './tally.js';

/** Shows how far an import has come: a bar on a terminal, else a line now and then. */
export interface Progress {
  /** Tells how many files there will be; it may grow while they are counted. */
  total(files: number): void;
  stop(): void;
}

const barIntervalMs = 200;
const lineIntervalMs = 5000;

/** Begins to show what `tally` counts on `err`. */
export function showProgress(tally: Tally, err: Output): Progress {
  return err.isTTY === true ? bar(tally, err) : lines(tally, err);
}

function bar(tally: Tally, stream: Output): Progress {
  const format = '{bar} {value}/{total} files | {megabytes} MB | {eta_formatted} left';
  const single = new SingleBar({ format, stream, hideCursor: true, etaBuffer: 100 }, Presets.shades_classic);
  single.start(0, 0, { megabytes: 0 });
  const update = (): void => {
    single.update(tally.files, { megabytes: Math.round(tally.bytes / 1e6) });
  };
  const ticking = setInterval(update, barIntervalMs);
  return {
    total: (files) => {
      single.setTotal(files);
    },
    stop: () => {
      clearInterval(ticking);
      update();
      single.stop();
    },
  };
}

function lines(tally: Tally, stream: Output): Progress {
  let total = 0;
  const ticking = setInterval(() => {
    stream.write(`import: ${tally.files} of ${total} files, ${Math.round(tally.bytes / 1e6)} MB\n`);
  }, lineIntervalMs);
  return {
    total: (files) => {
      total = files;
    },
    stop: () => {
      clearInterval(ticking);
    },
  };
}
