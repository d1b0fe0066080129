import { BuckyError } from '@bucky/dicom';
import type { Output } from '../command.js';
import { problemOf } from '../admin.js';
import type { Answer } from '../local-server.js';

/** A pause as short as this is usual while others send too. */
const silentMs = 10_000;
const longestMs = 5 * 60_000;

/** How long an import waits for an archive that takes nothing: says so once each time, and gives up after five minutes. */
export class Patience {
  readonly #err: Output;
  readonly #nowMs: () => number;
  /** Since when nothing was taken. */
  #sinceMs: number | undefined;
  #said = false;

  constructor(err: Output, nowMs: () => number = () => performance.now()) {
    this.#err = err;
    this.#nowMs = nowMs;
  }

  /** The archive has taken something, or refused it for good. */
  answered(): void {
    if (this.#said) this.#err.write('bucky: the archive answers again\n');
    this.#sinceMs = undefined;
    this.#said = false;
  }

  /** The archive asked for another try later. Throws `unavailable` when it has for too long. */
  putOff({ status, body }: Answer): void {
    const nowMs = this.#nowMs();
    this.#sinceMs ??= nowMs;
    const waitedMs = nowMs - this.#sinceMs;
    const { message } = problemOf(status, body);
    if (waitedMs >= longestMs) {
      throw new BuckyError('unavailable', `The archive has taken nothing for five minutes: ${message}`);
    }
    if (waitedMs < silentMs || this.#said) return;
    this.#said = true;
    this.#err.write(`bucky: the archive takes nothing, waiting five minutes at most: ${message}\n`);
  }
}
