import { BuckyError } from '@bucky/dicom';
import type { Output } from '../command.js';
import type { LocalServer } from '../local-server.js';
import { findFiles } from './find-files.js';
import type { Found, FoundFile } from './found-file.js';
import type { Journal } from './journal.js';
import { Patience } from './patience.js';
import { showProgress, type Progress } from './progress.js';
import { sendFile } from './send-file.js';
import { Tally, type Fate, type Summary } from './tally.js';
import { walk } from './walk.js';

export interface ImportOptions {
  readonly server: LocalServer;
  /** Files sent at once. */
  readonly jobs: number;
  /** What need not be sent again; without it everything is. */
  readonly journal?: Journal | undefined;
  /** Times its size that a ZIP may inflate to. */
  readonly inflatedRatio: number;
  /** Where progress is shown and failed files are named. */
  readonly err: Output;
  readonly signal: AbortSignal;
}

/**
 * Sends all files at and below `paths`, and those in ZIPs. A file that fails is counted and named; what no other file would
 * fare better with (the server is gone, the archive is full or has taken nothing for minutes) ends the import as interrupted.
 */
export async function importPaths(paths: readonly string[], options: ImportOptions): Promise<Summary> {
  const { jobs, inflatedRatio, err, signal } = options;
  const tally = new Tally();
  const ending = new AbortController();
  const stopped = AbortSignal.any([signal, ending.signal]);
  const progress = showProgress(tally, err);
  const total = new Total(progress);
  const counting = countFiles(paths, total, stopped);
  const onMore = (more: number): void => {
    total.add(more);
  };
  const files = findFiles(paths, { inflatedRatio, onMore })[Symbol.asyncIterator]();
  const patience = new Patience(err);
  let interruption: BuckyError | undefined;

  const isStopped = (): boolean => stopped.aborted;
  const work = async (): Promise<void> => {
    while (!isStopped()) {
      const next = await files.next();
      if (next.done === true) return;
      try {
        const fate = await fateOfFound(next.value, { ...options, patience, signal: stopped });
        tally.count(fate);
        if (fate.kind === 'failed') err.write(`bucky: not stored: ${next.value.path}: ${fate.reason}\n`);
      } catch (error) {
        if (isStopped()) return;
        if (!(error instanceof BuckyError)) throw error;
        interruption ??= error;
        ending.abort();
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: jobs }, work));
  } finally {
    ending.abort();
    await files.return?.();
    await counting;
    progress.stop();
  }
  if (interruption !== undefined) err.write(`bucky: ${interruption.message}\n`);
  return tally.summary(signal.aborted || interruption !== undefined);
}

async function fateOfFound(found: Found, options: ImportOptions & { readonly patience: Patience }): Promise<Fate> {
  if (found.kind === 'failed') return found;
  const { server, journal, patience, signal } = options;
  try {
    const url = journal?.find(found.identity);
    if (url !== undefined && (await isThere(server, url)))
      return { kind: 'alreadyThere', bytes: found.size, unsent: true };
    const fate = await sendFile(server, found, { patience, signal });
    remember(journal, found, fate);
    return fate;
  } finally {
    found.release();
  }
}

/** Asks whether an Instance that was acknowledged is still there: it may have been deleted, or the archive be another. */
async function isThere(server: LocalServer, url: string): Promise<boolean> {
  return (await server.ask({ method: 'HEAD', path: url })).status === 200;
}

function remember(journal: Journal | undefined, { identity }: FoundFile, fate: Fate): void {
  if ((fate.kind === 'stored' || fate.kind === 'alreadyThere') && fate.url !== undefined) {
    journal?.add(identity, fate.url);
  }
}

/** How many files there will be: those that are counted by walking, and those that ZIPs hold. */
class Total {
  readonly #progress: Progress;
  #files = 0;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  add(files: number): void {
    this.#files += files;
    this.#progress.total(Math.max(0, this.#files));
  }
}

/** Counts beside the import how many files there will be. */
async function countFiles(paths: readonly string[], total: Total, signal: AbortSignal): Promise<void> {
  for await (const { kind } of walk(paths)) {
    if (signal.aborted) return;
    if (kind === 'file') total.add(1);
  }
}
