import { createHash } from 'node:crypto';
import { Database, migrate } from '@bucky/sqlite';

/** What earlier imports have sent, so that it need not be read and sent again. */
export interface Journal {
  /** The Retrieve URL under which a file was acknowledged that had this identity. */
  find(identity: readonly (string | number)[]): string | undefined;
  add(identity: readonly (string | number)[], url: string): void;
  close(): void;
}

// Paths stand here as hashes: a file may be named after its patient.
const schema = ['CREATE TABLE sent (identity BLOB PRIMARY KEY, url TEXT NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID'];

/** Files that are remembered together; as many may be sent again after a crash. */
const flushedAtOnce = 64;
/** Rows older than this are forgotten: some 200 bytes for each file of the last quarter. */
const keptDays = 90;

/**
 * Opens the journal of imports, and makes it where it is missing. It only says what need not be sent: whoever asks looks
 * whether the archive still has it, so that a journal that is lost, or too old, does no harm.
 */
export function openJournal(file: string, today = Math.floor(Date.now() / 86_400_000)): Journal {
  const database = new Database({ file });
  try {
    database.exec('PRAGMA synchronous = NORMAL'); // it survives the end of this process, and may lose a power cut
    migrate(database, schema);
    database.run('DELETE FROM sent WHERE day < ?', today - keptDays);
  } catch (error) {
    database.close();
    throw error;
  }
  const waiting = new Map<string, { readonly key: Uint8Array; readonly url: string }>();
  const flush = (): void => {
    database.transaction(() => {
      for (const { key, url } of waiting.values()) {
        database.run('INSERT OR REPLACE INTO sent (identity, url, day) VALUES (?, ?, ?)', key, url, today);
      }
    });
    waiting.clear();
  };
  return {
    find(identity) {
      const url = database.get('SELECT url FROM sent WHERE identity = ?', keyOf(identity))?.['url'];
      return typeof url === 'string' ? url : undefined;
    },
    add(identity, url) {
      const key = keyOf(identity);
      waiting.set(key.toString('hex'), { key, url });
      if (waiting.size >= flushedAtOnce) flush();
    },
    close() {
      if (waiting.size > 0) flush();
      database.close();
    },
  };
}

function keyOf(identity: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(identity)).digest().subarray(0, 16);
}
