/** A module as the writer and the readers run one: for this package's tests and the example of its README. */
import type { Database } from './database.js';

export const migrations: readonly string[] = [
  'CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)',
  'ALTER TABLE words ADD COLUMN length INTEGER',
];

/** Adds words; none of them when one is already there. */
export function addWords(database: Database, words: readonly string[]): number {
  for (const word of words) database.run('INSERT INTO words (word, length) VALUES (?, ?)', word, word.length);
  return words.length;
}

/** Lists the words that are there. */
export function listWords(database: Database): readonly string[] {
  return database.all('SELECT word FROM words ORDER BY id').map(({ word }) => String(word));
}

/** Tells how the connection is set up. */
export function settings(database: Database): Readonly<Record<string, unknown>> {
  return {
    ...database.get('PRAGMA journal_mode'),
    ...database.get('PRAGMA synchronous'),
    ...database.get('PRAGMA foreign_keys'),
  };
}

/** Throws an error with a code of its own. */
export function refuse(): void {
  throw Object.assign(new RangeError('Refused on purpose'), { code: 'refused' });
}

/** Adds a word, then ends the thread as a crash would, before the transaction ends. */
export function addAndDie(database: Database, word: string): void {
  database.run('INSERT INTO words (word) VALUES (?)', word);
  process.exit(3);
}

/** Ends the thread as a crash would. */
export function die(): void {
  process.exit(3);
}

/** Runs for far longer than a test does. */
export function takeLong(database: Database): void {
  database.get('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n');
}
