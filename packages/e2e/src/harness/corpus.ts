import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isUid } from '@bucky/dicom';
import { corpusFolder, skipped } from './repository.js';

/** One file of the corpus, as its index describes it. */
export interface CorpusFile {
  readonly path: string;
  readonly sha256: string;
  readonly sopInstanceUid?: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
  readonly transferSyntaxUid?: string;
  readonly patientNameUtf8?: string;
  readonly features: readonly string[];
  readonly pixels?: {
    readonly storedFrameSha256?: readonly (string | null)[];
    readonly encodedFrameSha256?: readonly (string | null)[];
  };
}

const folder = corpusFolder();

/** The files of the corpus in the order of its index; none where there is no corpus. */
export const corpus: readonly CorpusFile[] = folder === undefined ? [] : readIndex(folder);

function readIndex(from: string): readonly CorpusFile[] {
  return (JSON.parse(readFileSync(`${from}/index.json`, 'utf8')) as { files: CorpusFile[] }).files;
}

/** Tells whether there is a corpus, and says so when there is none. */
export function hasCorpus(what: string): boolean {
  if (folder === undefined) skipped(what, 'there is no corpus beside the repository, nor at BUCKY_CORPUS');
  return folder !== undefined;
}

/** Bytes of a file. */
export function readCorpus(file: CorpusFile): Promise<Buffer> {
  return readFile(`${folder!}/${file.path}`);
}

/** The three UIDs of a file that has them all, and well formed. */
export function uidsOf(file: CorpusFile): { studyUid: string; seriesUid: string; instanceUid: string } | undefined {
  const { studyInstanceUid: studyUid, seriesInstanceUid: seriesUid, sopInstanceUid: instanceUid } = file;
  if (studyUid === undefined || seriesUid === undefined || instanceUid === undefined) return undefined;
  return [studyUid, seriesUid, instanceUid].every((uid) => isUid(uid))
    ? { studyUid, seriesUid, instanceUid }
    : undefined;
}

/** Tells whether it lies in the folder of damaged files, or hostile ones. */
export function isMalformed(file: CorpusFile): boolean {
  return file.path.startsWith('malformed/');
}
