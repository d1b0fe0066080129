/** What runs in the writer thread; each exported function is one transaction. */
export { commit, enterConflict } from './commit.js';
export { decide } from './decide.js';
export { hide, unhide } from './hide.js';
export { beginPurge, forget, purged } from './purge.js';
export { repair } from './repair.js';
export { adoptSeal, sealed } from './seals.js';
export { claimOrphans, setPosition } from './upkeep.js';
export { migrations } from './schema/migrations.js';
