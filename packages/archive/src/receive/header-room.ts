import { defaultReaderLimits } from '@bucky/dicom';
import type { Policies } from '../archive.js';
import { inFlightBudget, type InFlightBudget, type Reservation } from './in-flight-budget.js';

/** Bytes that one Data Element or item takes when it has been read, its value besides. */
const bytesPerElement = 256;

/** A header with no more Data Elements and items than this asks for no room: nearly all have less than a thousand. */
const smallHeader = 10_000;

/** Makes the budget for parsed headers: room for one as large as the limits allow while others are kept that are half as large. */
export function headerBudget({ limits }: Pick<Policies, 'limits'>): InFlightBudget {
  return inFlightBudget(1.5 * largestHeader({ limits }));
}

function largestHeader({ limits }: Pick<Policies, 'limits'>): number {
  return (limits.elements ?? defaultReaderLimits.elements) * bytesPerElement;
}

/** What of a file tells how large its parsed header is. */
export interface Reading {
  readonly elements: number;
  readonly isPastHeader: boolean;
}

/**
 * Room for the parsed header of one file. A header that is no longer small waits until there is room for the largest, and
 * gives back what it did not need when its end is reached: none waits twice, so no two wait for each other.
 */
export class HeaderRoom {
  readonly #budget: InFlightBudget;
  readonly #largest: number;
  readonly #signal: AbortSignal | undefined;
  #reservation: Reservation | undefined;

  constructor(budget: InFlightBudget, policies: Pick<Policies, 'limits'>, signal?: AbortSignal) {
    this.#budget = budget;
    this.#largest = largestHeader(policies);
    this.#signal = signal;
  }

  /** Waits where there has to be room before more is read. Throws `aborted`. */
  async settle({ elements, isPastHeader }: Reading): Promise<void> {
    if (this.#reservation === undefined) {
      if (elements <= smallHeader) return;
      this.#reservation = await this.#budget.reserve(this.#largest, this.#signal);
    }
    if (isPastHeader) this.fit(elements);
  }

  /** Gives back what a header that has ended does not need. */
  fit(elements: number): void {
    this.#reservation?.shrink(elements * bytesPerElement);
  }

  release(): void {
    this.#reservation?.release();
  }
}
