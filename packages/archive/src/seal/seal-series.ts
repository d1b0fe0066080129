import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnsealedSeries } from '@bucky/catalog';
import { sealKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import { receiptAt } from '../receive/receipt.js';
import { writeSeal } from './write-seal.js';

const seriesAtATime = 20;

/**
 * Seals the Series that have been quiet for a while, the longest quiet first; tells how many. A Series that changes
 * meanwhile is left for the next time. Throws what vault, catalog and disk throw.
 */
export async function sealQuiet(
  archive: Archive,
  {
    quietMs,
    now = new Date(),
    signal,
  }: { readonly quietMs: number; readonly now?: Date; readonly signal?: AbortSignal },
): Promise<number> {
  const before = receiptAt(new Date(now.getTime() - quietMs));
  let sealed = 0;
  for (;;) {
    const unsealed = await archive.catalog.unsealed({ before, limit: seriesAtATime });
    let progress = 0;
    for (const series of unsealed) {
      if (signal?.aborted === true) return sealed;
      if (await sealSeries(archive, series)) progress += 1;
    }
    sealed += progress;
    if (unsealed.length < seriesAtATime || progress === 0) return sealed;
  }
}

/** Seals one Series: vault first, then catalog; false when it has changed meanwhile. */
async function sealSeries(archive: Archive, series: UnsealedSeries): Promise<boolean> {
  const receipt = archive.receipts.next();
  const path = join(archive.spoolFolder, `${receipt}.seal`);
  try {
    const scope = { kind: 'everything' } as const;
    const { studyUid, seriesUid } = series;
    const { length, crc32 } = await writeSeal(path, archive.catalog.records({ studyUid, seriesUid }, scope));
    const key = sealKey(series, receipt);
    await archive.vault.putNew(key, createReadStream(path), { size: (await stat(path)).size });
    const isSealed = await archive.catalog.sealed({ ...series, receipt, key, length, crc32 });
    if (isSealed) await archive.seals.keep({ key, length, crc32 }, path);
    return isSealed;
  } finally {
    await rm(path, { force: true });
  }
}
