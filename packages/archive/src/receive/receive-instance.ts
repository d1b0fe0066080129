import { BuckyError, type Bytes } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { Arrival } from './arrival.js';
import { Body } from './body.js';
import { inBlocks } from './in-blocks.js';
import { entryBytes, type Reservation } from './in-flight-budget.js';
import type { ReceiveOptions, ReceiveOutcome } from './outcome.js';
import { storeBuffered, storeSpooled, storeStreamed } from './store.js';

/** A file whose bytes have been read; whether they are kept shows in `outcome`, which never rejects. */
export interface TakenInstance {
  readonly outcome: Promise<ReceiveOutcome>;
}

/**
 * Reads one Part 10 file to its end and sees to its storing.
 *
 * Resolves when the body has been consumed, so that the next part can be read while this one is made durable; rejects
 * with what reading `body` itself threw, and with `aborted`. A file that fails is read to its end all the same.
 */
export async function takeInstance(archive: Archive, bytes: Bytes, options: ReceiveOptions): Promise<TakenInstance> {
  const reservation = await archive.budget.reserve(entryBytes, options.signal);
  const body = new Body(inBlocks(bytes));
  const arrival = new Arrival(archive, options);
  const release = (): void => {
    reservation.release();
    arrival.release();
  };
  const failed = (error: unknown): ReceiveOutcome => ({
    kind: 'failed',
    identity: arrival.identity ?? {},
    error: error instanceof BuckyError ? error : new BuckyError('internal', 'Internal error', { cause: error }),
  });
  try {
    const { bufferedBytes } = archive.policies;
    const { chunks, isCrowded } = await readAhead(body, arrival, { limit: bufferedBytes, reservation });
    if (body.isAtEnd) {
      const arrived = arrival.finish();
      reservation.shrink(arrived.part10.size);
      const outcome = storeBuffered(archive, { arrived, chunks, options });
      return { outcome: outcome.catch(failed).finally(release) };
    }
    const large = { arrival, chunks, body, options };
    const isSpooled = isCrowded || (await archive.catalog.known(arrival.identity!.instanceUid)) !== undefined;
    const outcome = isSpooled ? await storeSpooled(archive, large, reservation) : await storeStreamed(archive, large);
    release();
    return { outcome: Promise.resolve(outcome) };
  } catch (error) {
    release();
    if (body.failure !== undefined) throw body.failure;
    await body.drain();
    return { outcome: Promise.resolve(failed(error)) };
  }
}

/**
 * Reads until the body ends, or until more than `limit` bytes are there and say who the Instance is. Stops early when the
 * budget has no room for what has come (`isCrowded`): the file then goes by the disk, and waits for nobody.
 */
async function readAhead(
  body: Body,
  arrival: Arrival,
  { limit, reservation }: { readonly limit: number; readonly reservation: Reservation },
): Promise<{ readonly chunks: Uint8Array[]; readonly isCrowded: boolean }> {
  const chunks: Uint8Array[] = [];
  // The reader's own limit on the header ends this loop for a file that never says who it is.
  while (arrival.size <= limit || arrival.identity === undefined) {
    const chunk = await body.next();
    if (chunk === undefined) break;
    await arrival.look(chunk);
    chunks.push(chunk);
    if (!reservation.cover(arrival.size)) return { chunks, isCrowded: true };
  }
  return { chunks, isCrowded: false };
}
