import type { Database } from './database.js';

/**
 * Brings a database to the newest schema: runs the migrations it has not seen, in order, each in a transaction of its own.
 * `user_version` counts those it has seen. Throws when the file was made by a newer version than this.
 */
export function migrate(database: Database, migrations: readonly string[]): void {
  const seen = Number(database.get('PRAGMA user_version')?.['user_version'] ?? 0);
  if (seen > migrations.length) {
    throw new Error(`Database has schema ${seen}, this version knows ${migrations.length}: it was made by a newer one`);
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < seen) continue;
    database.transaction(() => {
      database.exec(sql);
      database.exec(`PRAGMA user_version = ${index + 1}`); // a pragma takes no parameters
    });
  }
}
