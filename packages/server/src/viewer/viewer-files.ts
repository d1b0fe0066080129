import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuckyError } from '@bucky/dicom';

/** One file of the viewer: sizes of the file and of its compressed twins `name.br` and `name.gzip`, where it has them. */
export interface ViewerFile {
  readonly size: number;
  readonly sha256: string;
  readonly br?: number;
  readonly gzip?: number;
}

/** The viewer as `scripts/prepare-viewer.js` made it. */
export interface ViewerFiles {
  readonly folder: string;
  readonly files: ReadonlyMap<string, ViewerFile>;
  /** Hashes of the inline scripts of index.html, as a Content-Security-Policy names them. */
  readonly scriptHashes: readonly string[];
}

/** Reads the list of a prepared viewer; undefined when there is none. Throws `configuration` when it cannot be read. */
export function readViewerFiles(folder: string): ViewerFiles | undefined {
  const list = join(folder, 'viewer.json');
  try {
    const { files, scriptHashes } = JSON.parse(readFileSync(list, 'utf8')) as {
      files: Record<string, ViewerFile>;
      scriptHashes: string[];
    };
    return { folder, files: new Map(Object.entries(files)), scriptHashes };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw new BuckyError('configuration', `Cannot read the list of the viewer ${list}: run npm ci`, { cause: error });
  }
}
