import type { Database, SqlValue } from '@bucky/sqlite';
import { readMetadata } from './read-metadata.js';
import { readSearchable } from './read-searchable.js';
import type { SearchableValues } from './searchable.js';
import { dropValues, gatheredAttributes, keptOf, packOrigins, takeValues, type Kept } from './take-values.js';

export type GatheredLevel = 'study' | 'series';

/** What a row counts of an Instance. */
export interface Counted {
  readonly receipt: string;
  readonly length: number;
}

const tables = {
  study: { rows: 'studies', origins: 'study_origins', instances: 'number_of_study_related_instances' },
  series: { rows: 'series', origins: 'series_origins', instances: 'number_of_series_related_instances' },
};

const instancesSql = {
  study: `SELECT i.id, i.receipt FROM series e JOIN instances i ON i.series = e.id WHERE e.study = ? ORDER BY i.receipt`,
  series: `SELECT i.id, i.receipt FROM instances i WHERE i.series = ? ORDER BY i.receipt`,
};

/** A row of `studies` or `series` while a transaction adds Instances to it and takes some away: read once, written once. */
export class GatheredRow {
  readonly #database: Database;
  readonly #level: GatheredLevel;
  readonly #kept: Kept;
  readonly #missing = new Set<string>();
  readonly #changed = new Set<string>();

  constructor(database: Database, level: GatheredLevel, id: number) {
    const { rows, origins } = tables[level];
    this.#database = database;
    this.#level = level;
    const sql = `SELECT t.*, o.origins FROM ${rows} t LEFT JOIN ${origins} o ON o.${level} = t.id WHERE t.id = ?`;
    this.#kept = keptOf(id, database.get(sql, id) ?? {});
  }

  get id(): number {
    return this.#kept.id;
  }

  /** Keywords of the Attributes whose values have changed. */
  get changed(): ReadonlySet<string> {
    return this.#changed;
  }

  get isEmpty(): boolean {
    return this.#kept.row.get(tables[this.#level].instances) === 0;
  }

  text(column: string): string {
    return String(this.#kept.row.get(column) ?? '');
  }

  set(column: string, value: SqlValue): void {
    this.#kept.row.set(column, value);
  }

  /** Receipt that an Attribute's value is from. */
  origin(keyword: string): string | undefined {
    return this.#kept.origins.get(keyword);
  }

  /** Counts an Instance in; `fact` is the receipt of what brought it. */
  add({ receipt, length }: Counted, searchable: SearchableValues, fact: string): void {
    for (const { keyword } of takeValues(this.#level, this.#kept, { receipt, searchable })) this.#changed.add(keyword);
    this.#count(1, length, fact);
  }

  /** Counts an Instance out; what the row had from it is looked for in the others when the row is settled. */
  remove({ receipt, length }: Counted, fact: string): void {
    for (const keyword of dropValues(this.#level, this.#kept, receipt)) {
      this.#missing.add(keyword);
      this.#changed.add(keyword);
    }
    this.#count(-1, -length, fact);
  }

  /** Fills what went with Instances that were removed from those that are left, in the order of receipt. */
  settle(): void {
    if (this.#missing.size === 0) return;
    for (const { id, receipt } of this.#database.all(instancesSql[this.#level], this.#kept.id)) {
      const searchable = readSearchable(readMetadata(this.#database, Number(id)));
      const taken = takeValues(this.#level, this.#kept, { receipt: String(receipt), searchable });
      for (const { keyword } of taken) this.#missing.delete(keyword);
      if (this.#missing.size === 0) return;
    }
  }

  /** Writes what is counted, and the values where they have changed. */
  save(counts: readonly string[]): void {
    const { rows, origins } = tables[this.#level];
    const { id, row } = this.#kept;
    const columns = [tables[this.#level].instances, 'bytes', 'revision', 'newest_receipt', ...counts];
    if (this.#changed.size > 0) columns.push(...valueColumns[this.#level]);
    const assignments = columns.map((column) => `${column} = ?`).join(', '); // names from our own tables
    const values = columns.map((column) => row.get(column) ?? null);
    this.#database.run(`UPDATE ${rows} SET ${assignments} WHERE id = ?`, ...values, id);
    if (this.#changed.size === 0) return;
    const sql = `INSERT OR REPLACE INTO ${origins} (${this.#level}, origins) VALUES (?, ?)`;
    this.#database.run(sql, id, packOrigins(this.#kept.origins));
  }

  /** Removes the row, which no Instance belongs to any more. */
  drop(): void {
    const { rows, origins } = tables[this.#level];
    this.#database.run(`DELETE FROM ${origins} WHERE ${this.#level} = ?`, this.#kept.id);
    this.#database.run(`DELETE FROM ${rows} WHERE id = ?`, this.#kept.id);
  }

  #count(instances: number, bytes: number, fact: string): void {
    const { row } = this.#kept;
    const add = (column: string, value: number) => row.set(column, Number(row.get(column) ?? 0) + value);
    add(tables[this.#level].instances, instances);
    add('bytes', bytes);
    add('revision', 1);
    if (fact > this.text('newest_receipt')) row.set('newest_receipt', fact);
  }
}

const valueColumns = {
  study: columnsOf('study'),
  series: columnsOf('series'),
};

function columnsOf(level: GatheredLevel): readonly string[] {
  return gatheredAttributes[level].flatMap(({ column, matchColumn }) =>
    matchColumn === undefined ? [column] : [column, matchColumn],
  );
}
