import { BuckyError, type Bytes } from '@bucky/dicom';
import type { Archive } from '../archive.js';
import { Arrival } from './arrival.js';
import { Body } from './body.js';
import { inBlocks } from './in-blocks.js';
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
  const reservation = await archive.budget.reserve(archive.policies.bufferedBytes, options.signal);
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
    const chunks = await readAhead(body, arrival, archive.policies.bufferedBytes);
    if (body.isAtEnd) {
      const arrived = arrival.finish();
      reservation.shrink(arrived.part10.size);
      const outcome = storeBuffered(archive, { arrived, chunks, options });
      return { outcome: outcome.catch(failed).finally(release) };
    }
    const known = await archive.catalog.known(arrival.identity!.instanceUid);
    const large = { arrival, chunks, body, options };
    const outcome = known === undefined ? await storeStreamed(archive, large) : await storeSpooled(archive, large);
    release();
    return { outcome: Promise.resolve(outcome) };
  } catch (error) {
    release();
    if (body.failure !== undefined) throw body.failure;
    await body.drain();
    return { outcome: Promise.resolve(failed(error)) };
  }
}

/** Reads until the body ends, or until more than `limit` bytes are there and say who the Instance is. */
async function readAhead(body: Body, arrival: Arrival, limit: number): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  // The reader's own limit on the header ends this loop for a file that never says who it is.
  while (arrival.size <= limit || arrival.identity === undefined) {
    const chunk = await body.next();
    if (chunk === undefined) break;
    await arrival.look(chunk);
    chunks.push(chunk);
  }
  return chunks;
}
