import { assertChange } from './assert-change.js';
import type { Hold } from './hold.js';
import type { Ledger } from './ledger.js';

/** Makes a ledger that lives as long as the process: restored from its journal it knows what any other does. */
export function memoryLedger(): Ledger {
  const holds = new Map<string, Hold>();
  let newest = '';
  const ledger: Ledger = {
    hold: (studyUid) => Promise.resolve(holds.get(studyUid)),
    holds({ after, limit }) {
      const later = [...holds.values()].filter(({ studyUid }) => studyUid > after);
      return Promise.resolve(later.sort((one, other) => (one.studyUid < other.studyUid ? -1 : 1)).slice(0, limit));
    },
    async change(fact, journal) {
      assertChange(fact, holds.get(fact.studyUid));
      await journal(fact);
      await ledger.play(fact);
    },
    play(fact) {
      if (fact.receipt <= newest) return Promise.resolve();
      newest = fact.receipt;
      const { kind, studyUid, receipt, by, at } = fact;
      if (kind === 'release') holds.delete(studyUid);
      else holds.set(studyUid, { studyUid, receipt, reason: fact.reason, heldBy: by, heldAt: at });
      return Promise.resolve();
    },
    newestFact: () => Promise.resolve(newest),
    close: () => Promise.resolve(),
  };
  return ledger;
}
