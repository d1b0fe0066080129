import { BuckyError, type Scope } from '@bucky/dicom';
import { type Identity } from './identity.js';

/** What may be done; each route names the one it needs. */
export type Right = 'search' | 'retrieve' | 'store' | 'delete' | 'administer';

const rightsOf: Record<Identity['kind'], ReadonlySet<Right>> = {
  local: new Set(['search', 'retrieve', 'store', 'delete', 'administer']),
};

/**
 * Decides, in this one place, whether an identity may use a right, and on what part of the archive.
 * Throws `forbidden`.
 */
export function access(identity: Identity, right: Right): Scope {
  if (!rightsOf[identity.kind].has(right)) throw new BuckyError('forbidden', `This identity has no right to ${right}`);
  return { kind: 'everything' };
}
