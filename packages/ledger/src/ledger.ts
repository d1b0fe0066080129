import type { Hold, HoldFact } from './hold.js';

/** Writes a fact where it cannot be lost; resolves once it is durable there. */
export type Journal = (fact: HoldFact) => Promise<void>;

/**
 * What cannot be derived from what was stored. Every change goes to a journal first, so that a ledger that is lost can be
 * restored by {@link play}.
 */
export interface Ledger {
  /** The hold of a study. */
  hold(studyUid: string): Promise<Hold | undefined>;
  /** Holds by Study Instance UID, after one. */
  holds(options: { readonly after: string; readonly limit: number }): Promise<readonly Hold[]>;
  /**
   * Carries out a change of holds, once the journal has it. Throws `conflict` for a study that is held already, `not-found`
   * for one that is not held.
   */
  change(fact: HoldFact, journal: Journal): Promise<void>;
  /** Carries out what the journal holds; what was carried out before, or came earlier than that, changes nothing. */
  play(fact: HoldFact): Promise<void>;
  /** Receipt of the newest fact carried out; '' when there is none. */
  newestFact(): Promise<string>;
  close(): Promise<void>;
}
