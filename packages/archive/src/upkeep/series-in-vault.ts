import {
  parseOriginalKey,
  parseSealKey,
  studiesPrefix,
  type ObjectKey,
  type OriginalName,
  type Vault,
} from '@bucky/vault';

/** An original as the vault lists it. */
export interface StoredOriginal extends OriginalName {
  readonly key: ObjectKey;
  readonly size: number;
}

/** The newest seal of a Series as the vault lists it. */
export interface StoredSeal {
  readonly key: ObjectKey;
  readonly size: number;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly receipt: string;
}

/** What the vault holds of one Series. */
export interface StoredSeries {
  readonly originals: readonly StoredOriginal[];
  readonly seal: StoredSeal | undefined;
}

/** Walks the vault Series by Series, as its keys lie in order; what is neither original nor seal is passed by. */
export async function* seriesInVault(vault: Vault): AsyncIterable<StoredSeries> {
  let place = '';
  let originals: StoredOriginal[] = [];
  let seal: StoredSeal | undefined;
  for await (const { key, size } of vault.list(studiesPrefix)) {
    const folder = key.slice(0, key.lastIndexOf('/'));
    if (folder !== place) {
      if (originals.length > 0 || seal !== undefined) yield { originals, seal };
      [place, originals, seal] = [folder, [], undefined];
    }
    const original = parseOriginalKey(key);
    if (original !== undefined) originals.push({ ...original, key, size });
    const found = parseSealKey(key);
    if (found !== undefined) seal = { ...found, key, size }; // receipts are in order, so the last is the newest
  }
  if (originals.length > 0 || seal !== undefined) yield { originals, seal };
}
