import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';

/** What SQLite takes as a parameter and gives as a column. */
export type SqlValue = string | number | null | Uint8Array;

/** One row, by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

export interface OpenDatabase {
  readonly file: string;
  readonly readOnly?: boolean;
}

/** How many compiled statements a connection keeps; a fixed set of texts stays far below, searches of many shapes may not. */
const statementsKept = 256;

/** Settings of every connection. The cache is in KiB when negative. */
const everyConnection = `
  PRAGMA busy_timeout = 5000;
  PRAGMA foreign_keys = ON;
  PRAGMA cache_size = -16384;
  PRAGMA mmap_size = 268435456;
  PRAGMA temp_store = MEMORY;
  PRAGMA trusted_schema = OFF;
`;

/**
 * Settings of the one connection that writes: synchronous FULL syncs the WAL at each commit, as acknowledged means durable.
 * The page size counts only for a new file; 8 KiB holds two typical blobs of metadata where 4 KiB wastes half a page.
 */
const writingConnection = `
  PRAGMA page_size = 8192;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 2000;
  PRAGMA journal_size_limit = 67108864;
`;

/** One connection to a database file, for the thread that opened it; statements are compiled once per text. */
export class Database {
  readonly #connection: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();

  /** Opens the file, which a connection that writes creates when it is missing. */
  constructor({ file, readOnly = false }: OpenDatabase) {
    this.#connection = new DatabaseSync(file, { readOnly });
    this.#connection.exec(everyConnection);
    if (!readOnly) this.#connection.exec(writingConnection);
  }

  /** Runs statements that take no parameters. */
  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  /** Runs one statement that gives no rows; tells how many it changed and the last row id. */
  run(sql: string, ...parameters: readonly SqlValue[]): { readonly changes: number; readonly lastId: number } {
    const { changes, lastInsertRowid } = this.#statement(sql).run(...parameters);
    return { changes, lastId: Number(lastInsertRowid) };
  }

  /** Gets the first row. */
  get(sql: string, ...parameters: readonly SqlValue[]): Row | undefined {
    return this.#statement(sql).get(...parameters) as Row | undefined;
  }

  /** Gets all rows: the statement bounds how many. */
  all(sql: string, ...parameters: readonly SqlValue[]): readonly Row[] {
    return this.#statement(sql).all(...parameters) as Row[];
  }

  /** Gives rows one at a time; no other statement of the same text may run before it ends. */
  iterate(sql: string, ...parameters: readonly SqlValue[]): IterableIterator<Row> {
    return this.#statement(sql).iterate(...parameters) as IterableIterator<Row>;
  }

  /** Runs a function in one transaction: all of it happens, or nothing. */
  transaction<T>(work: () => T): T {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite itself rolls back after some errors, such as a full disk
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #statement(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    this.#statements.delete(sql);
    const statement = known ?? this.#connection.prepare(sql);
    this.#statements.set(sql, statement); // now the youngest
    if (this.#statements.size > statementsKept) this.#statements.delete(this.#statements.keys().next().value!);
    return statement;
  }
}
