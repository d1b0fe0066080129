import { BuckyError } from '@bucky/dicom';

/** A share of the budget; released once, whatever happens. */
export interface Reservation {
  /** Gives back all but `bytes`. */
  shrink(bytes: number): void;
  release(): void;
}

/** Bytes of uploads that may be in memory at once. Who asks while it is full waits, first come first served. */
export interface InFlightBudget {
  /** True when a reservation would have to wait: a new request is then better told to come later. */
  readonly isFull: boolean;
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** Waits for room; each part of a request reserves before it reads, so that none waits with bytes in hand. */
  reserve(bytes: number, signal?: AbortSignal): Promise<Reservation>;
}

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

/** Makes a budget of `limitBytes`. A reservation larger than that is cut to it, so that it can be had at all. */
export function inFlightBudget(limitBytes: number): InFlightBudget {
  const queue: Waiting[] = [];
  let used = 0;

  function admit(): void {
    for (let first = queue[0]; first !== undefined && used + first.bytes <= limitBytes; first = queue[0]) {
      queue.shift();
      first.start();
    }
  }

  function take(bytes: number): Reservation {
    let held = bytes;
    used += held;
    const keep = (rest: number): void => {
      const freed = held - Math.min(held, rest);
      held -= freed;
      used -= freed;
      admit();
    };
    return {
      shrink: keep,
      release: () => {
        keep(0);
      },
    };
  }

  return {
    get isFull() {
      return queue.length > 0 || used >= limitBytes;
    },
    get usedBytes() {
      return used;
    },
    limitBytes,
    reserve(wanted, signal) {
      const bytes = Math.min(wanted, limitBytes);
      if (queue.length === 0 && used + bytes <= limitBytes) return Promise.resolve(take(bytes));
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
