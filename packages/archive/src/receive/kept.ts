import { conflictReason, type ConflictRecord, type KnownInstance, type Location } from '@bucky/catalog';
import type { ObjectKey, Vault } from '@bucky/vault';
import type { Archive } from '../archive.js';
import type { Arrived } from './arrival.js';
import type { ReceiveOutcome } from './outcome.js';

/** Bytes that the catalog knows already, as an Instance or aside. */
export interface Kept {
  readonly receipt: string;
  readonly location: Location;
  /** The conflict that it is, when it is aside. */
  readonly aside?: ConflictRecord;
  /** What their sender is told, once the vault still holds them. */
  readonly outcome: ReceiveOutcome;
}

/** Finds the very bytes of a file under its UID, which `holder` has; undefined when the catalog knows none. */
export async function findKept(
  archive: Archive,
  { part10, sha256 }: Arrived,
  holder: KnownInstance,
): Promise<Kept | undefined> {
  const { identity, size, oddities } = part10;
  const file = { ...identity, sha256 };
  if (conflictReason(file, holder) === undefined) {
    const { receipt, location } = holder;
    return { receipt, location, outcome: { kind: 'duplicate', identity, receipt, size, oddities, differs: [] } };
  }
  const aside = await archive.catalog.keptAside(file);
  if (aside === undefined) return undefined;
  const { receipt, location, reason } = aside;
  return { receipt, location, aside, outcome: { kind: 'conflict', identity, receipt, reason } };
}

/** Tells whether the vault holds the object of a location, as long as it was: one look, no bytes. */
export async function isWhole(vault: Vault, { key, offset, length }: Location): Promise<boolean> {
  const object = await vault.stat(key as ObjectKey); // locations hold only keys that the vault's layout has made
  if (object === undefined) return false;
  return offset === 0 ? object.size === length : object.size >= offset + length;
}
