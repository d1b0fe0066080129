import { BuckyError } from '@bucky/dicom';

/** What an upload reserves before its first byte: as much as usually tells who the Instance is. */
export const entryBytes = 65_536;

/** A share of the budget; released once, whatever happens. */
export interface Reservation {
  /** Grows to `bytes` if there is room; false when there is none. Never waits, as who holds bytes must not. */
  cover(bytes: number): boolean;
  /** Gives back all but `bytes`. */
  shrink(bytes: number): void;
  release(): void;
}

/** Bytes of uploads that may be in memory at once. Who asks while it is full waits, first come first served. */
export interface InFlightBudget {
  /** True when a new upload would have to wait: it is then better told to come later. */
  readonly isFull: boolean;
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** Waits for room; each upload reserves a little before it reads, so that none waits with bytes in hand. */
  reserve(bytes: number, signal?: AbortSignal): Promise<Reservation>;
}

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/** What the shares of a budget have in common. */
interface Pool {
  used: number;
  readonly growthLimit: number;
  /** Lets in who waits, when something was given back. */
  readonly admit: () => void;
}

function shareOf(pool: Pool, bytes: number): Reservation {
  let held = bytes;
  pool.used += held;
  const keep = (rest: number): void => {
    const freed = held - Math.min(held, rest);
    held -= freed;
    pool.used -= freed;
    pool.admit();
  };
  return {
    cover(wanted) {
      const more = wanted - held;
      if (more <= 0) return true;
      if (pool.used + more > pool.growthLimit) return false;
      held += more;
      pool.used += more;
      return true;
    },
    shrink: keep,
    release: () => {
      keep(0);
    },
  };
}

/**
 * Makes a budget of `limitBytes`. A reservation larger than that is cut to it, so that it can be had at all. Growing leaves
 * a quarter for uploads that begin: senders that hold much and go on slowly keep nobody out.
 */
export function inFlightBudget(limitBytes: number): InFlightBudget {
  const queue: Waiting[] = [];
  const pool: Pool = { used: 0, growthLimit: limitBytes * 0.75, admit };

  function admit(): void {
    for (let first = queue[0]; first !== undefined && pool.used + first.bytes <= limitBytes; first = queue[0]) {
      queue.shift();
      first.start();
    }
  }

  const take = (bytes: number): Reservation => shareOf(pool, bytes);

  return {
    get isFull() {
      return queue.length > 0 || pool.used + Math.min(entryBytes, limitBytes) > limitBytes;
    },
    get usedBytes() {
      return pool.used;
    },
    limitBytes,
    reserve(wanted, signal) {
      const bytes = Math.min(wanted, limitBytes);
      if (queue.length === 0 && pool.used + bytes <= limitBytes) return Promise.resolve(take(bytes));
      return new Promise((resolve, reject) => {
        const waiting: Waiting = {
          bytes,
          start: () => {
            signal?.removeEventListener('abort', giveUp);
            resolve(take(bytes));
          },
        };
        const giveUp = (): void => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(new BuckyError('aborted', 'The sender went away while it waited for room'));
          admit();
        };
        if (signal?.aborted === true) {
          reject(new BuckyError('aborted', 'The sender went away while it waited for room'));
          return;
        }
        signal?.addEventListener('abort', giveUp, { once: true });
        queue.push(waiting);
      });
    },
  };
}
