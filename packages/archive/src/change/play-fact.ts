import type { Catalog, Deletion } from '@bucky/catalog';
import { BuckyError } from '@bucky/dicom';
import type { DecisionFact } from './facts.js';

/**
 * Carries out in the catalog what the vault holds; false when that is refused, as it was the first time, has been done
 * already, or what it is about is not there.
 */
export async function playFact(catalog: Catalog, fact: Deletion | DecisionFact): Promise<boolean> {
  try {
    if ('hides' in fact) {
      if ((await catalog.deletion(fact.receipt)) !== undefined) return false;
      await catalog.hide(fact);
    } else if (fact.kind === 'undelete') await catalog.unhide(fact);
    else await catalog.decide(fact);
    return true;
  } catch (error) {
    if (error instanceof BuckyError && (error.code === 'conflict' || error.code === 'not-found')) return false;
    throw error;
  }
}
