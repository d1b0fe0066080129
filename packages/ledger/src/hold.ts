/** A study that must not be deleted. */
export interface Hold {
  readonly studyUid: string;
  /** Receipt of the fact that set it. */
  readonly receipt: string;
  /** Why, as whoever set it wrote; shown to administrators only. */
  readonly reason: string;
  readonly heldBy: string;
  readonly heldAt: string;
}

/** What became of holds, in the order of receipts: what reaches the vault, and what a ledger is restored from. */
export type HoldFact =
  | {
      readonly kind: 'hold';
      readonly receipt: string;
      readonly studyUid: string;
      readonly reason: string;
      readonly by: string;
      readonly at: string;
    }
  | {
      readonly kind: 'release';
      readonly receipt: string;
      readonly studyUid: string;
      readonly by: string;
      readonly at: string;
    };
