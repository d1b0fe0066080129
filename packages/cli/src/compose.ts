import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openArchive, type Archive } from '@bucky/archive';
import { openCatalog } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import { openLedger, type Ledger } from '@bucky/ledger';
import type { Log, ServerConfig } from '@bucky/server';
import { tryLock, type Lock } from '@bucky/sqlite';
import { makeFolder, openVault, parseOriginalKey, studiesPrefix, type Vault } from '@bucky/vault';
import type { Config } from './config.js';
import { fileErrorReason } from './file-error.js';

/** An archive that this process alone holds. */
export interface Composed {
  readonly archive: Archive;
  /** Closes the archive and gives the lock back. */
  close(): Promise<void>;
}

/** Path of the socket on which whoever holds the lock answers this user's commands. */
export function socketPathOf(config: Config): string {
  return join(config.data, 'bucky.sock');
}

/** What of the configuration the server is told, the address aside. */
export function serverConfigOf(config: Config): ServerConfig {
  return {
    socketPath: socketPathOf(config),
    publicHosts: config.publicHosts,
    corsOrigins: config.corsOrigins,
    floorRate: { bytesPerSecond: config.floorRateBytesPerSecond, overSeconds: config.floorRateSeconds },
    sealAfterMs: config.sealAfterSeconds * 1000,
    upkeep: { sweepGraceMs: config.sweepGraceHours * 3_600_000, trashMs: config.trashDays * 86_400_000 },
    stopTimeoutMs: config.stopTimeoutSeconds * 1000,
  };
}

/** URL of the vault: without one that is named, a folder beside the catalog. */
export function vaultUrlOf(config: Config): string {
  return config.vault === '' ? pathToFileURL(join(archiveFolderOf(config), 'vault')).href : config.vault;
}

/** The file of the catalog in the folder of an archive. */
export const catalogName = 'catalog.sqlite';

/** Folder of the one archive there is. */
export function archiveFolderOf(config: Config): string {
  return join(config.data, 'archives', 'main');
}

/**
 * Opens the archive of the data folder; undefined while another process holds it. With `catalogFile` its catalog is that
 * file, to be filled anew. Throws `configuration`, `unavailable`, and `locked` for a vault that is open elsewhere.
 */
export async function compose(
  config: Config,
  log: Log,
  { catalogFile }: { readonly catalogFile?: string } = {},
): Promise<Composed | undefined> {
  const folder = archiveFolderOf(config);
  await makeArchiveFolder(folder);
  const lock = lockFile(join(folder, 'lock'));
  if (lock === undefined) return undefined;
  try {
    const archive = await openParts(config, { folder, log, catalogFile });
    return {
      archive,
      async close() {
        try {
          await archive.close();
        } finally {
          lock.release();
        }
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openParts(
  config: Config,
  {
    folder,
    log,
    catalogFile,
  }: { readonly folder: string; readonly log: Log; readonly catalogFile: string | undefined },
): Promise<Archive> {
  const vault = await openVault(vaultUrlOf(config), { lock: lockFile });
  try {
    for (const note of await vault.check()) log.warn('vault.ignores', { note });
    const file = catalogFile ?? join(folder, catalogName);
    if (catalogFile === undefined) await refuseToBeginAnew(vault, file);
    const catalog = await openCatalog({ file, readsAtOnce: config.readsAtOnce });
    let ledger: Ledger | undefined;
    try {
      ledger = await openLedger({ file: join(folder, 'ledger.sqlite') });
      return await openArchive({
        ...{ vault, catalog, ledger, folder, policies: policiesOf(config), recovers: catalogFile === undefined },
        onRecovered: (recovered) => {
          log.info('archive.recovered', { ...recovered });
        },
      });
    } catch (error) {
      await ledger?.close();
      await catalog.close();
      throw error;
    }
  } catch (error) {
    await vault.close();
    throw error;
  }
}

/** Refuses to serve an empty catalog over a vault that is not: it would look as if all were lost. */
async function refuseToBeginAnew(vault: Vault, file: string): Promise<void> {
  if (existsSync(file)) return;
  for await (const { key } of vault.list(studiesPrefix)) {
    if (parseOriginalKey(key) === undefined) continue;
    const message = `The vault holds studies and there is no catalog at ${file}: run bucky rebuild, which makes it from the vault`;
    throw new BuckyError('configuration', message);
  }
}

function policiesOf(config: Config) {
  const { headerBytes, depth, elements, valueBytes, inlineBytes, inflatedRatio } = config;
  const { inFlightBytes, bufferedBytes, partBytes, partsPerRequest, reservedBytes } = config;
  const { sealCacheBytes, defaultCharacterSet } = config;
  return {
    ...{ inFlightBytes, bufferedBytes, partBytes, partsPerRequest, reservedBytes },
    ...{ sealCacheBytes, defaultCharacterSet },
    limits: { headerBytes, depth, elements, valueBytes, inlineBytes, inflatedRatio },
  };
}

/** Locks a file; undefined when another process holds it. Throws `configuration` where nothing can be locked. */
function lockFile(file: string): Lock | undefined {
  try {
    return tryLock(file);
  } catch (cause) {
    const why = 'this user may not write there, or its file system knows no locks';
    throw new BuckyError('configuration', `Cannot lock ${file}: ${why}`, { cause });
  }
}

/** Makes the folder of the archive, for this user alone. */
async function makeArchiveFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new BuckyError('configuration', `Cannot make the folder ${folder}: ${fileErrorReason(cause)}`, { cause });
  }
}
