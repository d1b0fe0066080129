import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { fileErrorReason } from '../file-error.js';
import type { Found } from './found-file.js';
import { missingFiles } from './listed-files.js';
import { judgeHead, readHead } from './looks-like-dicom.js';
import { walk, type WalkedPath } from './walk.js';
import { zipEntries } from './zip-entries.js';

export interface FindOptions {
  /** Times its size that a ZIP may inflate to. */
  readonly inflatedRatio: number;
  /** Told how many more files there are than the walk alone finds, or fewer. */
  readonly onMore: (files: number) => void;
}

/** Finds what is at and below paths: files, the files in ZIPs, and what a DICOMDIR lists in vain. */
export async function* findFiles(paths: readonly string[], options: FindOptions): AsyncIterable<Found> {
  for await (const walked of walk(paths)) {
    try {
      yield* look(walked, options);
    } catch (error) {
      const { code, syscall } = error as { code?: string; syscall?: string };
      if (syscall === undefined || code === undefined) throw error;
      yield { kind: 'failed', path: walked.path, reason: `cannot be read: ${fileErrorReason(error)}` };
    }
  }
}

async function* look(walked: WalkedPath, options: FindOptions): AsyncIterable<Found> {
  const { path } = walked;
  if (walked.kind === 'unreadable') {
    yield { kind: 'failed', path, reason: `cannot be read: ${walked.reason}` };
    return;
  }
  const { size, changed } = walked;
  const head = await readHead(path);
  const unlike = judgeHead(head);
  const identity = [resolve(path), size, changed];
  if (unlike === 'ZIP') {
    yield* zipEntries({ path, size, identity }, options);
    return;
  }
  yield { kind: 'file', path, size, identity, head, open: () => createReadStream(path), release: () => undefined };
  if (unlike === 'DICOMDIR') {
    for await (const missing of missingFiles(path)) {
      options.onMore(1);
      yield missing;
    }
  }
}
