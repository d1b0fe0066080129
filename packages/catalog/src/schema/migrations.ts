import { first } from './0001-first.js';

/** The migrations in order; one that was released is never edited. */
export const migrations: readonly string[] = [first];
