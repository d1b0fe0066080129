export { access, type Right } from './access.js';
export { localIdentity, type Identity } from './identity.js';
export type { Hold, HoldFact } from './hold.js';
export type { Journal, Ledger } from './ledger.js';
export { memoryLedger } from './memory-ledger.js';
export { openLedger } from './open-ledger.js';
