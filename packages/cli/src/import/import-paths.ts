import { BuckyError } from '@bucky/dicom';
import type { Output } from '../command.js';
import { fileErrorReason } from '../file-error.js';
import type { LocalServer } from '../local-server.js';
import { unlikeDicom } from './looks-like-dicom.js';
import { showProgress, type Progress } from './progress.js';
import { sendFile } from './send-file.js';
import { Tally, type Fate, type Summary } from './tally.js';
import { walk, type WalkedPath } from './walk.js';

export interface ImportOptions {
  readonly server: LocalServer;
  /** Files sent at once. */
  readonly jobs: number;
  /** Where progress is shown and failed files are named. */
  readonly err: Output;
  readonly signal: AbortSignal;
}

/**
 * Sends all files at and below `paths`. A file that fails is counted and named; what no other file would fare better with
 * (the server is gone, the archive is full) ends the import as interrupted.
 */
export async function importPaths(paths: readonly string[], options: ImportOptions): Promise<Summary> {
  const { jobs, err, signal } = options;
  const tally = new Tally();
  const ending = new AbortController();
  const stopped = AbortSignal.any([signal, ending.signal]);
  const progress = showProgress(tally, err);
  const counting = countFiles(paths, progress, stopped);
  const files = walk(paths)[Symbol.asyncIterator]();
  let interruption: BuckyError | undefined;

  const isStopped = (): boolean => stopped.aborted;
  const work = async (): Promise<void> => {
    while (!isStopped()) {
      const next = await files.next();
      if (next.done === true) return;
      try {
        const fate = await fateOfPath(next.value, { ...options, signal: stopped });
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
    await counting;
    progress.stop();
  }
  if (interruption !== undefined) err.write(`bucky: ${interruption.message}\n`);
  return tally.summary(signal.aborted || interruption !== undefined);
}

async function fateOfPath(found: WalkedPath, { server, signal }: ImportOptions): Promise<Fate> {
  if (found.kind === 'unreadable') return { kind: 'failed', reason: `cannot be read: ${found.reason}` };
  try {
    const unlike = await unlikeDicom(found.path);
    if (unlike !== undefined) return { kind: 'notDicom', reason: unlike };
    return await sendFile(server, found, signal);
  } catch (error) {
    const { code, syscall } = error as { code?: string; syscall?: string };
    if (syscall === undefined || code === undefined) throw error;
    return { kind: 'failed', reason: `cannot be read: ${fileErrorReason(error)}` };
  }
}

/** Counts beside the import how many files there will be. */
async function countFiles(paths: readonly string[], progress: Progress, signal: AbortSignal): Promise<void> {
  let files = 0;
  for await (const { kind } of walk(paths)) {
    if (signal.aborted) return;
    if (kind === 'file') files += 1;
    progress.total(files);
  }
}
