import type { Database, Row, SqlValue } from '@bucky/sqlite';
import { columnValue, foldedTexts, matchValue } from './column-values.js';
import type { InstanceRecord } from './instance-record.js';
import { attributesOf, type SearchableAttribute } from './searchable.js';

/** Attributes of a level that come from the Data Set. */
const attributes = {
  study: attributesOf('study').filter(({ kept }) => !kept),
  series: attributesOf('series').filter(({ kept }) => !kept),
};
const indexed = attributes.study.filter((attribute) => attribute.indexed);

/**
 * Takes into a row the values of a record: an Attribute of a Study or Series is the first non-empty value in receipt
 * order, so each remembers the receipt it is from, and a record may be committed in any order. Tells which changed.
 */
function takeValues(
  level: 'study' | 'series',
  record: InstanceRecord,
  { row, origins }: { readonly row: Map<string, SqlValue>; readonly origins: Map<string, string> },
): ReadonlySet<SearchableAttribute> {
  const changed = new Set<SearchableAttribute>();
  for (const attribute of attributes[level]) {
    const text = record.searchable[attribute.keyword] ?? '';
    const origin = origins.get(attribute.keyword);
    if (text === '' || (origin !== undefined && origin <= record.receipt)) continue;
    origins.set(attribute.keyword, record.receipt);
    row.set(attribute.column, columnValue(attribute, text));
    if (attribute.matchColumn !== undefined) row.set(attribute.matchColumn, matchValue(attribute, text));
    changed.add(attribute);
  }
  return changed;
}

/** Adds a value to a JSON array that is kept as a sorted set. */
function addTo(row: Map<string, SqlValue>, column: string, value: string | undefined): void {
  if (value === undefined || value === '') return;
  const values = JSON.parse(String(row.get(column) ?? '[]')) as string[];
  if (!values.includes(value)) row.set(column, JSON.stringify([...values, value].sort()));
}

function addNumber(row: Map<string, SqlValue>, column: string, value: number): void {
  row.set(column, Number(row.get(column) ?? 0) + value);
}

/** Origins are kept by receipt, as nearly all Attributes come from one or two. */
function packOrigins(origins: ReadonlyMap<string, string>): string {
  const byReceipt: Record<string, string[]> = {};
  for (const [keyword, receipt] of origins) (byReceipt[receipt] ??= []).push(keyword);
  return JSON.stringify(byReceipt);
}

function unpackOrigins(text: SqlValue | undefined): Map<string, string> {
  const byReceipt = JSON.parse(String(text ?? '{}')) as Record<string, string[]>;
  return new Map(
    Object.entries(byReceipt).flatMap(([receipt, keywords]) => keywords.map((keyword) => [keyword, receipt] as const)),
  );
}

interface Kept {
  readonly id: number;
  /** Columns that change, by name. */
  readonly row: Map<string, SqlValue>;
  readonly origins: Map<string, string>;
}

const loadSql = {
  studies: 'SELECT t.*, o.origins FROM studies t LEFT JOIN study_origins o ON o.study = t.id WHERE t.id = ?',
  series: 'SELECT t.*, o.origins FROM series t LEFT JOIN series_origins o ON o.series = t.id WHERE t.id = ?',
};

function load(database: Database, tableName: 'studies' | 'series', id: number): Kept {
  const found: Row = database.get(loadSql[tableName], id) ?? {};
  return { id, row: new Map(Object.entries(found)), origins: unpackOrigins(found['origins']) };
}

function update(
  database: Database,
  tableName: 'studies' | 'series',
  { id, row }: Kept,
  columns: readonly string[],
): void {
  const assignments = columns.map((column) => `${column} = ?`).join(', '); // names from our own table of Attributes
  database.run(
    `UPDATE ${tableName} SET ${assignments} WHERE id = ?`,
    ...columns.map((column) => row.get(column) ?? null),
    id,
  );
}

function columnsOf(level: 'study' | 'series'): readonly string[] {
  return attributes[level].flatMap(({ column, matchColumn }) =>
    matchColumn === undefined ? [column] : [column, matchColumn],
  );
}

const studyCounts = [
  'number_of_study_related_series',
  'number_of_study_related_instances',
  'modalities_in_study',
  'sop_classes_in_study',
  'bytes',
  'revision',
];
const seriesCounts = ['number_of_series_related_instances', 'bytes', 'revision'];
const studyColumns = columnsOf('study');
const seriesColumns = columnsOf('series');

/** A Study while a commit adds Instances to it. */
class GatheredStudy {
  readonly #database: Database;
  readonly #kept: Kept;
  #changed = false;
  #textChanged = false;

  constructor(database: Database, kept: Kept) {
    this.#database = database;
    this.#kept = kept;
  }

  get id(): number {
    return this.#kept.id;
  }

  addSeries(): void {
    addNumber(this.#kept.row, 'number_of_study_related_series', 1);
  }

  count(record: InstanceRecord): void {
    const { row } = this.#kept;
    const changed = takeValues('study', record, this.#kept);
    this.#changed ||= changed.size > 0;
    this.#textChanged ||= indexed.some((attribute) => changed.has(attribute));
    addNumber(row, 'number_of_study_related_instances', 1);
    addNumber(row, 'bytes', record.location.length);
    addNumber(row, 'revision', 1);
    addTo(row, 'modalities_in_study', record.searchable['Modality']);
    addTo(row, 'sop_classes_in_study', record.sopClassUid);
  }

  save(): void {
    const { id, row, origins } = this.#kept;
    update(this.#database, 'studies', this.#kept, this.#changed ? [...studyColumns, ...studyCounts] : studyCounts);
    if (this.#changed) {
      this.#database.run(
        'INSERT OR REPLACE INTO study_origins (study, origins) VALUES (?, ?)',
        id,
        packOrigins(origins),
      );
    }
    if (this.#textChanged) {
      const texts = indexed.map((attribute) =>
        foldedTexts(attribute, String(row.get(attribute.column) ?? '')).join('\n'),
      );
      this.#database.run(
        `INSERT OR REPLACE INTO study_text (rowid, ${indexed.map(({ column }) => column).join(', ')})
         VALUES (?, ?, ?, ?, ?, ?)`,
        id,
        ...texts,
      );
    }
  }
}

/** A Series while a commit adds Instances to it. */
class GatheredSeries {
  readonly #database: Database;
  readonly #kept: Kept;
  #changed = false;

  constructor(database: Database, kept: Kept) {
    this.#database = database;
    this.#kept = kept;
  }

  get id(): number {
    return this.#kept.id;
  }

  count(record: InstanceRecord): void {
    const { row } = this.#kept;
    this.#changed = takeValues('series', record, this.#kept).size > 0 || this.#changed;
    addNumber(row, 'number_of_series_related_instances', 1);
    addNumber(row, 'bytes', record.location.length);
    addNumber(row, 'revision', 1);
  }

  save(): void {
    const { id, origins } = this.#kept;
    update(this.#database, 'series', this.#kept, this.#changed ? [...seriesColumns, ...seriesCounts] : seriesCounts);
    if (this.#changed) {
      this.#database.run(
        'INSERT OR REPLACE INTO series_origins (series, origins) VALUES (?, ?)',
        id,
        packOrigins(origins),
      );
    }
  }
}

/** The Studies and Series that one commit touches: each is read once, counted in memory and written once. */
export class Gathering {
  readonly #database: Database;
  readonly #studies = new Map<string, GatheredStudy>();
  readonly #series = new Map<string, GatheredSeries>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Gets the Study and Series of a record, and makes those that are new. */
  add({ studyUid, seriesUid }: InstanceRecord): { readonly study: GatheredStudy; readonly series: GatheredSeries } {
    const study = this.#studies.get(studyUid) ?? this.#openStudy(studyUid);
    const series = this.#series.get(`${studyUid}/${seriesUid}`) ?? this.#openSeries(study, { studyUid, seriesUid });
    return { study, series };
  }

  save(): void {
    for (const study of this.#studies.values()) study.save();
    for (const series of this.#series.values()) series.save();
  }

  #openStudy(studyUid: string): GatheredStudy {
    const known = this.#database.get('SELECT id FROM studies WHERE study_instance_uid = ?', studyUid);
    const id =
      known === undefined
        ? this.#database.run('INSERT INTO studies (study_instance_uid) VALUES (?)', studyUid).lastId
        : Number(known['id']);
    const study = new GatheredStudy(this.#database, load(this.#database, 'studies', id));
    this.#studies.set(studyUid, study);
    return study;
  }

  #openSeries(study: GatheredStudy, { studyUid, seriesUid }: { studyUid: string; seriesUid: string }): GatheredSeries {
    const where = 'SELECT id FROM series WHERE study = ? AND series_instance_uid = ?';
    let id = this.#database.get(where, study.id, seriesUid)?.['id'];
    if (id === undefined) {
      const insert = 'INSERT INTO series (study, series_instance_uid) VALUES (?, ?)';
      id = this.#database.run(insert, study.id, seriesUid).lastId;
      study.addSeries();
    }
    const series = new GatheredSeries(this.#database, load(this.#database, 'series', Number(id)));
    this.#series.set(`${studyUid}/${seriesUid}`, series);
    return series;
  }
}
