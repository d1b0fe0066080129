import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openArchive, type Archive } from '@bucky/archive';
import { openCatalog } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import type { Log, ServerConfig } from '@bucky/server';
import { tryLock } from '@bucky/sqlite';
import { makeFolder, openVault } from '@bucky/vault';
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
    stopTimeoutMs: config.stopTimeoutSeconds * 1000,
  };
}

/** Opens the archive of the data folder; undefined while another process holds it. Throws `configuration`, `unavailable`. */
export async function compose(config: Config, log: Log): Promise<Composed | undefined> {
  const folder = join(config.data, 'archives', 'main');
  await makeArchiveFolder(folder);
  const lock = tryLock(join(folder, 'lock'));
  if (lock === undefined) return undefined;
  try {
    const archive = await openParts(config, { folder, log });
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
  { folder, log }: { readonly folder: string; readonly log: Log },
): Promise<Archive> {
  const vault = await openVault(config.vault === '' ? pathToFileURL(join(folder, 'vault')).href : config.vault);
  try {
    for (const note of await vault.check()) log.warn('vault.ignores', { note });
    const catalog = await openCatalog({ file: join(folder, 'catalog.sqlite') });
    try {
      return await openArchive({ vault, catalog, folder, policies: policiesOf(config) });
    } catch (error) {
      await catalog.close();
      throw error;
    }
  } catch (error) {
    await vault.close();
    throw error;
  }
}

function policiesOf(config: Config) {
  const { headerBytes, depth, elements, valueBytes, inlineBytes, inflatedRatio } = config;
  const { inFlightBytes, bufferedBytes, partBytes, reservedBytes, defaultCharacterSet } = config;
  return {
    ...{ inFlightBytes, bufferedBytes, partBytes, reservedBytes, defaultCharacterSet },
    limits: { headerBytes, depth, elements, valueBytes, inlineBytes, inflatedRatio },
  };
}

/** Makes the folder of the archive, for this user alone. */
async function makeArchiveFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (cause) {
    throw new BuckyError('configuration', `Cannot make the folder ${folder}: ${fileErrorReason(cause)}`, { cause });
  }
}
