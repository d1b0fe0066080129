import { first } from './0001-first.js';
import { search } from './0002-search.js';
import { upkeep } from './0003-upkeep.js';

/** The migrations in order; one that was released is never edited. */
export const migrations: readonly string[] = [first, search, upkeep];
