import type { Database } from '@bucky/sqlite';
import { enterChange } from './changes.js';
import { columnValue, foldedTexts } from './column-values.js';
import { GatheredRow, type Counted } from './gathered-row.js';
import type { InstanceRecord } from './instance-record.js';
import { readMetadata } from './read-metadata.js';
import { readSearchable } from './read-searchable.js';
import { attributesOf, searchableAttribute } from './searchable.js';

const indexed = attributesOf('study').filter((attribute) => attribute.indexed);

/** By what a Study is known to be one patient's; another value in one of its Instances is told of. */
const patientKeywords = ['PatientID', 'PatientBirthDate', 'PatientSex'] as const;

const studyCounts = ['number_of_study_related_series', 'modalities_in_study', 'sop_classes_in_study'];

/** The Studies and Series that one transaction touches: each is read once, counted in memory and written once. */
export class Gathering {
  readonly #database: Database;
  readonly #studies = new Map<string, GatheredRow>();
  readonly #series = new Map<string, GatheredRow>();
  readonly #shrunk = new Set<GatheredRow>();
  readonly #added: { readonly study: GatheredRow; readonly record: InstanceRecord }[] = [];
  readonly #differs = new Map<string, Set<string>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Counts an Instance into its Study and Series, which are made when they are new; gives the id of the Series. `fact` is
   * the receipt of what brought it.
   */
  add(record: InstanceRecord, fact = record.receipt): number {
    const { study, series } = this.#open(record);
    const counted = { receipt: record.receipt, length: record.location.length };
    this.#compare(study, record);
    this.#added.push({ study, record });
    study.add(counted, record.searchable, fact);
    series.add(counted, record.searchable, fact);
    addTo(study, 'sop_classes_in_study', record.sopClassUid);
    return series.id;
  }

  /** Counts an Instance out, whose rows are gone already. */
  remove(of: Counted & { readonly studyUid: string; readonly seriesUid: string }, fact: string): void {
    const { study, series } = this.#open(of);
    study.remove(of, fact);
    series.remove(of, fact);
    this.#shrunk.add(study);
  }

  /** Writes all rows; what their Instances do not agree on is told of from then on. */
  save(): void {
    for (const series of this.#series.values()) {
      series.settle();
      if (series.isEmpty) series.drop();
      else series.save([]);
    }
    for (const [studyUid, study] of this.#studies) this.#saveStudy(studyUid, study);
    for (const { study, record } of this.#added) this.#compare(study, record);
    for (const { record } of this.#added) {
      if (this.#differs.has(record.receipt)) enterChange(this.#database, 'attention', record);
    }
  }

  /** Keywords by which an added Instance does not agree with its Study on whose it is; known once all is saved. */
  differs(receipt: string): readonly string[] {
    return [...(this.#differs.get(receipt) ?? [])];
  }

  /** Compares before the Study takes the Instance's values, which may be earlier ones, and after others have left it. */
  #compare(study: GatheredRow, record: InstanceRecord): void {
    for (const keyword of patientKeywords) {
      if (!isOther(study, keyword, record.searchable[keyword])) continue;
      const known = this.#differs.get(record.receipt);
      this.#differs.set(record.receipt, (known ?? new Set()).add(keyword));
      this.#enterAttention(record, keyword, study.origin(keyword) ?? '');
    }
  }

  #saveStudy(studyUid: string, study: GatheredRow): void {
    study.settle();
    if (this.#shrunk.has(study)) this.#reviewAttention(studyUid, study);
    if (study.isEmpty) {
      this.#database.run('DELETE FROM study_text WHERE rowid = ?', study.id);
      study.drop();
      return;
    }
    const modalities = this.#database.get(modalitiesSql, study.id) ?? {};
    study.set('modalities_in_study', modalities['modalities'] ?? '[]');
    study.set('number_of_study_related_series', modalities['series'] ?? 0);
    if (this.#shrunk.has(study)) {
      study.set('sop_classes_in_study', this.#database.get(sopClassesSql, study.id)?.['uids'] ?? '[]');
    }
    study.save(studyCounts);
    if (indexed.some(({ keyword }) => study.changed.has(keyword))) this.#saveText(study);
  }

  #saveText(study: GatheredRow): void {
    const texts = indexed.map((attribute) => foldedTexts(attribute, study.text(attribute.column)).join('\n'));
    const columns = indexed.map(({ column }) => column).join(', ');
    const places = indexed.map(() => '?').join(', ');
    this.#database.run(
      `INSERT OR REPLACE INTO study_text (rowid, ${columns}) VALUES (?, ${places})`,
      study.id,
      ...texts,
    );
  }

  #enterAttention(
    { studyUid, receipt }: Pick<InstanceRecord, 'receipt'> & { studyUid: string },
    keyword: string,
    against: string,
  ): void {
    const sql = 'INSERT OR IGNORE INTO attention (study_uid, keyword, receipt, against_receipt) VALUES (?, ?, ?, ?)';
    this.#database.run(sql, studyUid, keyword, receipt, against);
  }

  /** What was told of may have gone with the Instance: told of again only when some that are left do not agree. */
  #reviewAttention(studyUid: string, study: GatheredRow): void {
    const { changes } = this.#database.run('DELETE FROM attention WHERE study_uid = ?', studyUid);
    if (changes === 0) return;
    for (const row of this.#database.all(instancesSql, study.id)) {
      const searchable = readSearchable(readMetadata(this.#database, Number(row['id'])));
      const about = { studyUid, receipt: String(row['receipt']) };
      for (const keyword of patientKeywords) {
        if (!isOther(study, keyword, searchable[keyword])) continue;
        this.#enterAttention(about, keyword, study.origin(keyword) ?? '');
      }
    }
  }

  #open({ studyUid, seriesUid }: { readonly studyUid: string; readonly seriesUid: string }): {
    readonly study: GatheredRow;
    readonly series: GatheredRow;
  } {
    const study = this.#studies.get(studyUid) ?? this.#openStudy(studyUid);
    const series = this.#series.get(`${studyUid}/${seriesUid}`) ?? this.#openSeries(study, { studyUid, seriesUid });
    return { study, series };
  }

  #openStudy(studyUid: string): GatheredRow {
    const known = this.#database.get('SELECT id FROM studies WHERE study_instance_uid = ?', studyUid);
    const id =
      known === undefined
        ? this.#database.run('INSERT INTO studies (study_instance_uid) VALUES (?)', studyUid).lastId
        : Number(known['id']);
    const study = new GatheredRow(this.#database, 'study', id);
    this.#studies.set(studyUid, study);
    return study;
  }

  #openSeries(study: GatheredRow, { studyUid, seriesUid }: { studyUid: string; seriesUid: string }): GatheredRow {
    const where = 'SELECT id FROM series WHERE study = ? AND series_instance_uid = ?';
    const id =
      this.#database.get(where, study.id, seriesUid)?.['id'] ??
      this.#database.run('INSERT INTO series (study, series_instance_uid) VALUES (?, ?)', study.id, seriesUid).lastId;
    const series = new GatheredRow(this.#database, 'series', Number(id));
    this.#series.set(`${studyUid}/${seriesUid}`, series);
    return series;
  }
}

const instancesSql = `SELECT i.id, i.receipt FROM series e JOIN instances i ON i.series = e.id WHERE e.study = ?
  ORDER BY i.receipt`;

const modalitiesSql = `
  SELECT count(*) AS series, (SELECT json_group_array(modality) FROM
    (SELECT DISTINCT modality FROM series WHERE study = e.study AND modality <> '' ORDER BY modality)) AS modalities
  FROM series e WHERE e.study = ?`;

const sopClassesSql = `
  SELECT json_group_array(uid) AS uids FROM
    (SELECT DISTINCT i.sop_class_uid AS uid FROM series e JOIN instances i ON i.series = e.id WHERE e.study = ? ORDER BY uid)`;

/** Tells whether a value contradicts what the Study has; a value that is missing contradicts nothing. */
function isOther(study: GatheredRow, keyword: string, value = ''): boolean {
  const attribute = searchableAttribute(keyword);
  const kept = attribute === undefined ? '' : study.text(attribute.column);
  return attribute !== undefined && value !== '' && kept !== '' && columnValue(attribute, value) !== kept;
}

/** Adds a value to a JSON array that is kept as a sorted set. */
function addTo(row: GatheredRow, column: string, value: string): void {
  const values = JSON.parse(row.text(column)) as string[];
  if (!values.includes(value)) row.set(column, JSON.stringify([...values, value].sort()));
}
