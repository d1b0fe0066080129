import { crc32 } from 'node:zlib';
import type { Database } from './database.js';

/**
 * Brings a database to the newest schema: runs the migrations it has not seen, in order, each in a transaction of its own.
 * `user_version` counts those it has seen, `application_id` is the CRC-32 of their texts. Throws an error with the code
 * `configuration` when a newer version made the file, or another one of the same number.
 */
export function migrate(database: Database, migrations: readonly string[]): void {
  const seen = pragma(database, 'user_version');
  if (seen > migrations.length) {
    throw refusal(`Database has schema ${seen}, this version knows ${migrations.length}: it was made by a newer one`);
  }
  if (seen > 0 && pragma(database, 'application_id') !== fingerprint(migrations.slice(0, seen))) {
    throw refusal(`Database has another schema ${seen} than this version makes: it was made by a development version`);
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < seen) continue;
    database.transaction(() => {
      database.exec(sql);
      // A pragma takes no parameters.
      database.exec(`PRAGMA user_version = ${index + 1}`);
      database.exec(`PRAGMA application_id = ${fingerprint(migrations.slice(0, index + 1))}`);
    });
  }
}

function pragma(database: Database, name: 'user_version' | 'application_id'): number {
  return Number(database.get(`PRAGMA ${name}`)?.[name] ?? 0);
}

/** CRC-32 of texts, signed, as SQLite keeps it. */
function fingerprint(texts: readonly string[]): number {
  return crc32(texts.join(';\n')) | 0;
}

function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: 'configuration' });
}
