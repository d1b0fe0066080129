import { BuckyError } from '@bucky/dicom';
import type { Answer } from '../local-server.js';
import type { Fate } from './tally.js';

/** Failure Reasons that a store gives, in words. @see PS3.18 10.5.3, PS3.4 B.2.3, PS3.3 C.14.1 */
const reasons: Readonly<Record<number, string>> = {
  272: 'the archive failed (0110)',
  290: 'SOP Class is not taken (0122)',
  42752: 'the archive is out of resources (A700)',
  43264: 'belongs to another study (A900)',
  49152: 'cannot be understood (C000)',
};

/** Other bytes, or another study or series, are kept under the same SOP Instance UID. */
const conflictReason = 45070;

interface StoreAnswer {
  /** Set in a problem, which is answered in place of the Store Instances Response Module. */
  readonly code?: string;
  readonly detail?: string;
  /** Referenced SOP Sequence. */
  readonly '00081199'?: { readonly Value?: readonly ReferencedItem[] };
  /** Failed SOP Sequence. */
  readonly '00081198'?: { readonly Value?: readonly FailedItem[] };
}

interface ReferencedItem {
  /** Retrieve URL. */
  readonly '00081190'?: { readonly Value?: readonly string[] };
}

interface FailedItem {
  /** Failure Reason. */
  readonly '00081197'?: { readonly Value?: readonly number[] };
}

/** Reads the answer of a store. Throws `full`, which no other file will fare better with. @see PS3.18 10.5.3 */
export function fateOf({ status, headers, body }: Answer, bytes: number): Fate {
  if (status === 507) throw new BuckyError('full', 'The archive has no room left');
  const { code, detail, ...answer } = parse(body);
  if (status === 200) {
    const url = answer['00081199']?.Value?.[0]?.['00081190']?.Value?.[0];
    const kind = headers['bucky-already-stored'] === undefined ? 'stored' : 'alreadyThere';
    return { kind, bytes, ...(url?.startsWith('/') === true ? { url } : {}) };
  }
  if (code === 'not-dicom') return { kind: 'notDicom', reason: 'not DICOM' };
  if (code !== undefined) return { kind: 'failed', reason: detail ?? code };
  const reason = answer['00081198']?.Value?.[0]?.['00081197']?.Value?.[0];
  if (reason === conflictReason) return { kind: 'conflict', bytes };
  if (reason === undefined) return { kind: 'failed', reason: `answered with status ${status}` };
  return { kind: 'failed', reason: reasons[reason] ?? `Failure Reason ${reason}` };
}

function parse(body: string): StoreAnswer {
  try {
    return JSON.parse(body) as StoreAnswer;
  } catch {
    return {}; // an answer that says nothing but its status
  }
}
