/** What became of one path. */
export type Fate =
  | {
      readonly kind: 'stored' | 'alreadyThere';
      readonly bytes: number;
      /** Path of its Retrieve URL. */
      readonly url?: string;
      /** True when it was not sent again, as an earlier import had sent it. */
      readonly unsent?: boolean;
    }
  | { readonly kind: 'conflict'; readonly bytes: number }
  | { readonly kind: 'notDicom' | 'failed'; readonly reason: string };

/** What `--json` prints, and what the summary says in words. */
export interface Summary {
  readonly stored: number;
  readonly alreadyThere: number;
  /** Of those already there: acknowledged by an earlier import, and so not sent again. */
  readonly unsent: number;
  readonly conflicts: number;
  readonly notDicom: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  /** Bytes of the files that were sent and are now kept. */
  readonly bytes: number;
  /** True when not all paths were looked at; the same command goes on where it stopped. */
  readonly interrupted: boolean;
}

/** Counts what became of the files of one import. */
export class Tally {
  #stored = 0;
  #alreadyThere = 0;
  #unsent = 0;
  #conflicts = 0;
  #bytes = 0;
  readonly #notDicom = new Map<string, number>();
  readonly #failed = new Map<string, number>();

  count(fate: Fate): void {
    switch (fate.kind) {
      case 'stored':
        this.#stored += 1;
        break;
      case 'alreadyThere':
        this.#alreadyThere += 1;
        if (fate.unsent === true) this.#unsent += 1;
        break;
      case 'conflict':
        this.#conflicts += 1;
        break;
      case 'notDicom':
        increment(this.#notDicom, fate.reason);
        break;
      case 'failed':
        increment(this.#failed, fate.reason);
        break;
    }
    if ('bytes' in fate) this.#bytes += fate.bytes;
  }

  /** Paths that have been dealt with. */
  get files(): number {
    return this.#stored + this.#alreadyThere + this.#conflicts + sum(this.#notDicom) + sum(this.#failed);
  }

  get bytes(): number {
    return this.#bytes;
  }

  summary(interrupted: boolean): Summary {
    return {
      stored: this.#stored,
      alreadyThere: this.#alreadyThere,
      unsent: this.#unsent,
      conflicts: this.#conflicts,
      notDicom: Object.fromEntries(this.#notDicom),
      failed: Object.fromEntries(this.#failed),
      bytes: this.#bytes,
      interrupted,
    };
  }
}

function increment(counts: Map<string, number>, reason: string): void {
  counts.set(reason, (counts.get(reason) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, one) => total + one, 0);
}

/** Says a summary in words, a line for each thing that happened. */
export function describeSummary(summary: Summary): string {
  const reasons = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([reason, count]) => `    ${count}  ${reason}\n`)
      .join('');
  const total = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((all, one) => all + one, 0);
  const lines = [
    `stored         ${summary.stored}\n`,
    `already there  ${summary.alreadyThere}${summary.unsent > 0 ? `  (${summary.unsent} of them not sent again)` : ''}\n`,
    `conflicts      ${summary.conflicts}${summary.conflicts > 0 ? '  (kept aside: bucky conflicts)' : ''}\n`,
    `not DICOM      ${total(summary.notDicom)}\n${reasons(summary.notDicom)}`,
    `failed         ${total(summary.failed)}\n${reasons(summary.failed)}`,
  ];
  if (summary.interrupted) lines.push('Not everything was looked at: run the same command again.\n');
  return lines.join('');
}
