import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { conflictReason, type InstanceRecord, type KnownInstance } from '@bucky/catalog';
import type { Bytes, InstanceIdentity } from '@bucky/dicom';
import { instanceKey } from '@bucky/vault';
import type { Archive } from '../archive.js';
import type { Arrival, Arrived } from './arrival.js';
import type { Body } from './body.js';
import { recordConflict, restoreConflict } from './conflict.js';
import { entryBytes, type Reservation } from './in-flight-budget.js';
import { findKept, isWhole } from './kept.js';
import { makeRecord, type Origin } from './make-record.js';
import type { ReceiveOptions, ReceiveOutcome } from './outcome.js';

/** A file that has arrived whole, its bytes in memory. */
interface BufferedFile {
  readonly arrived: Arrived;
  readonly chunks: readonly Uint8Array[];
  readonly options: ReceiveOptions;
}

/** A file whose head is in memory, whose rest is still to come. */
interface LargeFile {
  readonly arrival: Arrival;
  /** Emptied while it is read, as what follows may take hours. */
  readonly chunks: Uint8Array[];
  readonly body: Body;
  readonly options: ReceiveOptions;
}

/** Stores a file held in memory: bytes that are known never reach the vault. */
export async function storeBuffered(archive: Archive, file: BufferedFile): Promise<ReceiveOutcome> {
  return storeWhole(archive, file.arrived, {
    bytes: () => Readable.from(file.chunks, { objectMode: true }),
    options: file.options,
  });
}

/** Streams a file under an unknown UID to a key of its own; a file that turns out to be bad leaves no object. */
export async function storeStreamed(archive: Archive, file: LargeFile): Promise<ReceiveOutcome> {
  const origin = originOf(archive, file.arrival.identity!, file.options);
  let arrived: Arrived | undefined;
  let record: InstanceRecord | undefined;
  async function* observed(): Bytes {
    yield* emptied(file.chunks);
    for (let chunk = await file.body.next(); chunk !== undefined; chunk = await file.body.next()) {
      await file.arrival.look(chunk);
      await archive.space.take(chunk.length);
      yield chunk;
    }
    // Thrown here, a fault keeps the vault from publishing the object.
    arrived = file.arrival.finish();
    record = await makeRecord(arrived, origin, archive.policies);
  }
  await archive.vault.putNew(origin.key, observed(), signalOf(file.options));
  return commit(archive, record!, arrived!);
}

/**
 * Spools a file to disk, a large one whose UID is known or one for which memory has no room, and hashes it: only bytes that
 * are not kept yet reach the vault. Gives back what it had reserved for its head.
 */
export async function storeSpooled(
  archive: Archive,
  file: LargeFile,
  reservation: Reservation,
): Promise<ReceiveOutcome> {
  const path = join(archive.spoolFolder, `${archive.receipts.next()}.part`);
  try {
    await spool(archive, { path, file, reservation });
    const arrived = file.arrival.finish();
    return await storeWhole(archive, arrived, { bytes: () => createReadStream(path), options: file.options });
  } finally {
    await rm(path, { force: true });
  }
}

async function spool(
  { space }: Archive,
  { path, file, reservation }: { readonly path: string; readonly file: LargeFile; readonly reservation: Reservation },
): Promise<void> {
  const { chunks, body, arrival } = file;
  const handle = await open(path, 'wx', 0o600);
  try {
    for (const chunk of emptied(chunks)) await handle.writeFile(chunk);
    reservation.shrink(entryBytes);
    for (let chunk = await body.next(); chunk !== undefined; chunk = await body.next()) {
      await arrival.look(chunk);
      await space.take(chunk.length);
      await handle.writeFile(chunk);
    }
  } finally {
    await handle.close();
  }
}

/** Stores a file that can be read again: known bytes are acknowledged, others put and committed. */
async function storeWhole(
  archive: Archive,
  arrived: Arrived,
  { bytes, options }: { readonly bytes: () => Bytes; readonly options: ReceiveOptions },
): Promise<ReceiveOutcome> {
  const { identity, size } = arrived.part10;
  const holder = await archive.catalog.known(identity.instanceUid);
  const kept = holder === undefined ? undefined : await findKept(archive, arrived, holder);
  if (kept !== undefined && (await isWhole(archive.vault, kept.location))) {
    if (kept.aside !== undefined) await restoreConflict(archive, kept.aside);
    return kept.outcome;
  }
  await archive.space.take(size);
  const origin = originOf(archive, identity, options);
  const record = await makeRecord(arrived, origin, archive.policies); // before the put: what fails must leave no object
  await archive.vault.putNew(origin.key, bytes(), { size, ...signalOf(options) });
  if (holder !== undefined && kept === undefined) return putAside(archive, record, { holder, identity });
  return commit(archive, record, arrived, kept?.receipt);
}

/** Enters a stored object as a conflict with the Instance that holds its UID: the vault is told before the catalog. */
async function putAside(
  archive: Archive,
  record: InstanceRecord,
  { holder, identity }: { readonly holder: KnownInstance; readonly identity: InstanceIdentity },
): Promise<ReceiveOutcome> {
  const reason = conflictReason(record, holder) ?? 'other-bytes';
  const against = holder.receipt;
  await recordConflict(archive, record, { reason, against });
  await archive.catalog.enterConflict(record, { reason, against });
  return { kind: 'conflict', identity, receipt: record.receipt, reason };
}

/**
 * Makes a stored object visible, or enters it as a conflict when its UID is taken: a unique index decides races. With the
 * receipt of a lost one it takes that one's place.
 */
async function commit(
  archive: Archive,
  record: InstanceRecord,
  { part10 }: Arrived,
  lost?: string,
): Promise<ReceiveOutcome> {
  const { identity, size, oddities } = part10;
  const outcome =
    lost === undefined
      ? await archive.commits.commit(record)
      : await archive.inTurn(() => archive.catalog.repair({ lost, record })); // not between a deletion's list and its end
  const repairs = lost === undefined || outcome.kind === 'duplicate' ? {} : { repairs: lost };
  if (outcome.kind !== 'conflict') {
    // After a lost race of the same bytes the object is an orphan, which the sweeper finds.
    const receipt = outcome.kind === 'duplicate' ? outcome.receipt : record.receipt;
    const differs = outcome.kind === 'stored' ? outcome.differs : [];
    return { kind: outcome.kind, identity, receipt, size, oddities, differs, ...repairs };
  }
  const { reason } = outcome;
  await recordConflict(archive, record, { reason, against: outcome.receipt });
  return { kind: 'conflict', identity, receipt: record.receipt, reason, ...repairs };
}

function* emptied(chunks: Uint8Array[]): Iterable<Uint8Array> {
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
}

function originOf(archive: Archive, identity: InstanceIdentity, { source }: ReceiveOptions): Origin {
  const receipt = archive.receipts.next();
  return { key: instanceKey(identity, receipt), receipt, source };
}

function signalOf({ signal }: ReceiveOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
