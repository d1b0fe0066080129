import { BuckyError, errorCodes, type ErrorCode, type Scope } from '@bucky/dicom';
import { openReaders, openWriter, WorkerError } from '@bucky/sqlite';
import { boundedRun } from './bounded-run.js';
import type { Catalog, LocatedInstance, Target } from './catalog.js';
import type { DeflatedMetadata, InstanceRecord, KeptRecord } from './instance-record.js';
import type { DicomJsonObject } from './query.js';
import { search, type Run } from './run-search.js';
import type { Page, PageOf } from './target-pages.js';

export interface OpenCatalog {
  /** The database file; its folder must exist. */
  readonly file: string;
  /** How many threads answer searches and look-ups; each keeps a connection and its cache. */
  readonly readers?: number;
  /** Most searches, and most look-ups of each kind, that run or wait at once; one more throws `busy`. */
  readonly readsAtOnce?: number;
}

/** What {@link OpenCatalog} says of reads unless told otherwise. */
export const defaultReadsAtOnce = 256;

type Changing =
  | 'commit'
  | 'enterConflict'
  | 'repair'
  | 'decide'
  | 'hide'
  | 'unhide'
  | 'purged'
  | 'sealed'
  | 'adoptSeal'
  | 'setPosition'
  | 'claimOrphans'
  | 'beginPurge'
  | 'forget';

/**
 * Opens a catalog, creates it where there is none and brings its schema up to date. Throws `damaged` for another file and
 * `configuration` for the schema of another version.
 */
export async function openCatalog({
  file,
  readers: count = 2,
  readsAtOnce = defaultReadsAtOnce,
}: OpenCatalog): Promise<Catalog> {
  const [writer, readers] = await expected(async () => {
    const opening = [
      openWriter({ file, module: new URL('./writer-module.js', import.meta.url) }),
      openReaders({ file, module: new URL('./reader-module.js', import.meta.url), count }),
    ] as const;
    try {
      return await Promise.all(opening);
    } catch (error) {
      for (const one of await Promise.allSettled(opening)) if (one.status === 'fulfilled') await one.value.close();
      throw withRemedy(error, file);
    }
  });
  const bounds = { atOnce: readsAtOnce, largeAtOnce: 2 * count };
  return {
    ...reading(boundedRun((name, ...args) => expected(() => readers.run(name, ...args)), bounds)),
    ...writing((name, ...args) => expected(() => writer.run(name, ...args))),
    isSound: () => expected(() => readers.runAside('isSound')) as Promise<boolean>,
    ended: writer.ended,
    async close() {
      // The writer last: SQLite folds the write-ahead log into the file when the last connection closes, if it may write.
      try {
        await readers.close();
      } finally {
        await writer.close();
      }
    },
  };
}

/** The functions of {@link Catalog} that change; each is one transaction of the same name in the writer thread. */
function writing(run: Run): Pick<Catalog, Changing> {
  return {
    commit: (records) => run('commit', records.map(compact)) as ReturnType<Catalog['commit']>,
    enterConflict: (record, why) => run('enterConflict', compact(record), why) as Promise<void>,
    adoptSeal: (seal) => run('adoptSeal', seal) as ReturnType<Catalog['adoptSeal']>,
    sealed: (seal) => run('sealed', seal) as ReturnType<Catalog['sealed']>,
    repair: ({ lost, record }) => run('repair', { lost, record: compact(record) }) as ReturnType<Catalog['repair']>,
    decide: (decision) => run('decide', decision) as ReturnType<Catalog['decide']>,
    hide: (deletion) => run('hide', deletion) as ReturnType<Catalog['hide']>,
    unhide: (undo) => run('unhide', undo) as ReturnType<Catalog['unhide']>,
    purged: (purge) => run('purged', purge) as ReturnType<Catalog['purged']>,
    beginPurge: (purge) => run('beginPurge', purge) as ReturnType<Catalog['beginPurge']>,
    forget: (files) => run('forget', files) as ReturnType<Catalog['forget']>,
    claimOrphans: (receipts) => run('claimOrphans', receipts) as ReturnType<Catalog['claimOrphans']>,
    setPosition: (walk) => run('setPosition', walk) as ReturnType<Catalog['setPosition']>,
  };
}

/** The functions of {@link Catalog} that ask; each is a function of the same name in the reader threads, which are typed there. */
function reading(run: Run): Omit<Catalog, Changing | 'isSound' | 'ended' | 'close'> {
  return {
    known: (instanceUid) => run('known', instanceUid) as ReturnType<Catalog['known']>,
    keptAside: (file) => run('keptAside', file) as ReturnType<Catalog['keptAside']>,
    newestReceipt: () => run('newestReceipt') as ReturnType<Catalog['newestReceipt']>,
    conflicts: (asked) => run('conflicts', asked) as ReturnType<Catalog['conflicts']>,
    has: (receipt) => run('has', receipt) as ReturnType<Catalog['has']>,
    record: (receipt) => run('record', receipt) as ReturnType<Catalog['record']>,
    asideReceipts: (target) => run('asideReceipts', target) as ReturnType<Catalog['asideReceipts']>,
    deletions: (options) => run('deletions', options) as ReturnType<Catalog['deletions']>,
    deletion: (receipt) => run('deletion', receipt) as ReturnType<Catalog['deletion']>,
    hiddenLocations: (options) => run('hiddenLocations', options) as ReturnType<Catalog['hiddenLocations']>,
    files: (options) => run('files', options) as ReturnType<Catalog['files']>,
    file: (receipt) => run('file', receipt) as ReturnType<Catalog['file']>,
    knownReceipts: (receipts) => run('knownReceipts', receipts) as ReturnType<Catalog['knownReceipts']>,
    isSwept: (receipt) => run('isSwept', receipt) as ReturnType<Catalog['isSwept']>,
    duePurges: (options) => run('duePurges', options) as ReturnType<Catalog['duePurges']>,
    hasPurge: (studyUid) => run('hasPurge', studyUid) as ReturnType<Catalog['hasPurge']>,
    position: (name) => run('position', name) as ReturnType<Catalog['position']>,
    changes: (options) => run('changes', options) as ReturnType<Catalog['changes']>,
    attention: (options) => run('attention', options) as ReturnType<Catalog['attention']>,
    search: (query, scope) => search(run, query, scope),
    find: async (query, scope) => {
      const { results, more, total } = await search(run, query, scope);
      const all: DicomJsonObject[] = [];
      for await (const batch of results) all.push(...batch);
      return { results: all, more, ...(total === undefined ? {} : { total }) };
    },
    locate: (target, scope) => pages<LocatedInstance>(run, 'locatePage', { target, scope }),
    contents: (target, scope) => run('targetContents', target, scope) as ReturnType<Catalog['contents']>,
    frameTable: (target, scope) => run('frameTable', target, scope) as ReturnType<Catalog['frameTable']>,
    bulkEntry: (target, path, scope) => run('bulkEntry', { target, path, scope }) as ReturnType<Catalog['bulkEntry']>,
    metadata: (target, scope) => pages<DeflatedMetadata>(run, 'metadataPage', { target, scope }),
    records: (target, scope) => pages<KeptRecord>(run, 'recordPage', { target, scope }),
    unsealed: (options) => run('unsealed', options) as ReturnType<Catalog['unsealed']>,
    feedId: () => run('feedId') as ReturnType<Catalog['feedId']>,
    metadataVersion: (target, scope) => run('metadataVersion', target, scope) as ReturnType<Catalog['metadataVersion']>,
    counts: (scope) => run('counts', scope) as ReturnType<Catalog['counts']>,
  };
}

/** Asks for one page after the other, when it is wanted. */
async function* pages<T>(
  run: Run,
  name: string,
  of: { readonly target: Target; readonly scope: Scope },
): AsyncIterable<readonly T[]> {
  let after: PageOf['after'];
  do {
    const page = (await run(name, { ...of, after })) as Page<T>;
    if (page.items.length > 0) yield page.items;
    after = page.end;
  } while (after !== undefined);
}

/** Cuts byte arrays loose from the larger buffers they may lie in, all of which would be copied to the writer thread. */
function compact(record: InstanceRecord): InstanceRecord {
  const { metadata, frameTable } = record;
  return {
    ...record,
    metadata: { ...metadata, deflated: alone(metadata.deflated) },
    ...(frameTable === undefined ? {} : { frameTable: alone(frameTable) }),
  };
}

function alone(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
}

/** What SQLite's primary result codes mean to our callers: BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB. */
const meaning: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  5: ['busy', 'Catalog is locked by another process'],
  6: ['busy', 'Catalog is locked by another process'],
  8: ['unavailable', 'Catalog cannot be written'],
  10: ['unavailable', 'Catalog cannot be read or written: the disk failed'],
  11: ['damaged', 'Catalog is damaged'],
  13: ['full', 'Catalog cannot grow: the disk is full'],
  14: ['unavailable', 'Catalog cannot be opened'],
  26: ['damaged', 'Catalog is not a database'],
};

/** Says what to do about a catalog with the schema of another version. */
function withRemedy(error: unknown, file: string): unknown {
  if (!(error instanceof WorkerError) || error.code !== 'configuration') return error;
  const message = `Cannot use the catalog ${file}: ${error.message}. Run bucky rebuild, which makes it anew from the vault`;
  return new BuckyError('configuration', message, { cause: error });
}

/** Turns what the threads throw into our own errors; a bug stays what it is. */
async function expected<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof WorkerError)) throw error;
    const code = errorCodes.find((one) => one === error.code);
    if (code !== undefined) throw new BuckyError(code, error.message, { cause: error });
    const [known, message] = (error.errcode === undefined ? undefined : meaning[error.errcode & 0xff]) ?? [];
    if (known !== undefined && message !== undefined) throw new BuckyError(known, message, { cause: error });
    throw error;
  }
}
