import type { ReceiveOutcome } from '@bucky/archive';
import type { BuckyError, ErrorCode, InstanceIdentity } from '@bucky/dicom';
import { tellable } from './problem.js';

/** Parts whose bytes have been read and whose outcome is not known yet. */
const pendingLimit = 64;
/** Reasons told in Warning headers; the answer itself has a code for each. */
const warningLimit = 5;

/** Faults of ours: when nothing was stored for these alone the request fails, and the sender may try again later. */
const ours: ReadonlySet<ErrorCode> = new Set(['busy', 'full', 'unavailable', 'damaged', 'internal']);

/** What the answer tells of one file: little enough to be kept for each part of a large request. */
export type StoreResult =
  | { readonly kind: 'stored' | 'duplicate'; readonly identity: InstanceIdentity; readonly differs: boolean }
  | { readonly kind: 'conflict'; readonly identity: InstanceIdentity }
  | { readonly kind: 'failed'; readonly identity: Partial<InstanceIdentity>; readonly code: ErrorCode };

/** What becomes of the files of one store, in the order of its parts. */
export class StoreTally {
  readonly results: StoreResult[] = [];
  readonly #onSettled: (outcome: ReceiveOutcome) => void;
  readonly #warnings = new Set<string>();
  #pending: Promise<ReceiveOutcome>[] = [];
  #firstFailure: BuckyError | undefined;

  /** `onSettled` hears of each file as soon as its fate is known, whatever becomes of the request. */
  constructor(onSettled: (outcome: ReceiveOutcome) => void) {
    this.#onSettled = onSettled;
  }

  /** Adds a file on its way; waits while too many are. */
  async add(outcome: Promise<ReceiveOutcome> | ReceiveOutcome): Promise<void> {
    this.#pending.push(this.#told(outcome));
    if (this.#pending.length > pendingLimit) this.#enter(await this.#pending.shift()!);
  }

  /** Waits until the fate of each file is known. */
  async settle(): Promise<void> {
    for (const outcome of this.#pending) this.#enter(await outcome);
    this.#pending = [];
  }

  /** Sentences about what went wrong or needs somebody's attention. */
  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  /** Files that were kept already. */
  get duplicates(): number {
    return this.results.filter(({ kind }) => kind === 'duplicate').length;
  }

  /** True when nothing of the request is kept, not even aside. */
  get isAllFailed(): boolean {
    return this.results.every(({ kind }) => kind === 'failed');
  }

  /** The fault of ours that kept all files from being stored, if such alone did. */
  get ourFailure(): BuckyError | undefined {
    const isOurs = this.results.every((result) => result.kind === 'failed' && ours.has(result.code));
    return isOurs ? this.#firstFailure : undefined;
  }

  async #told(pending: Promise<ReceiveOutcome> | ReceiveOutcome): Promise<ReceiveOutcome> {
    const outcome = await pending;
    this.#onSettled(outcome);
    return outcome;
  }

  #enter(outcome: ReceiveOutcome): void {
    const { kind, identity } = outcome;
    switch (kind) {
      case 'failed':
        this.#firstFailure ??= outcome.error;
        this.#warn(tellable(outcome.error));
        this.results.push({ kind, identity, code: outcome.error.code });
        break;
      case 'conflict':
        this.results.push({ kind, identity });
        break;
      case 'stored':
      case 'duplicate': {
        // By keyword, never by value.
        const differs = outcome.differs.join(', ');
        if (differs !== '') this.#warn(`Stored, but the study needs attention: it has another ${differs}`);
        this.results.push({ kind, identity, differs: differs !== '' });
      }
    }
  }

  #warn(message: string): void {
    if (this.#warnings.size < warningLimit) this.#warnings.add(message);
  }
}
