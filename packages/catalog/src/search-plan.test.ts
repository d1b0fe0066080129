import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database } from '@bucky/sqlite';
import { everything, exampleCatalog, exampleQuery, uid, type ExampleCatalog } from './example-record.js';
import type { Query } from './query.js';
import { compileIds } from './search-sql.js';
import { searchableAttributes } from './searchable.js';

let example: ExampleCatalog;
let database: Database;

beforeAll(async () => {
  example = await exampleCatalog();
  database = new Database({ file: example.file, readOnly: true });
});

afterAll(async () => {
  database.close();
  await example.remove();
});

function plan(query: Query): string {
  const { sql, parameters } = compileIds(query, everything);
  const rows = database.all(`EXPLAIN QUERY PLAN ${sql}`, ...parameters);
  return rows.map(({ detail }) => String(detail)).join('\n');
}

const key = (keyword: string, value: string) => ({ matching: [{ keyword, value }] });

it.each([
  ['the first page of studies', exampleQuery()],
  ['the first page of all series', exampleQuery({ level: 'series' })],
  ['the first page of all instances', exampleQuery({ level: 'instance' })],
  ['a range of dates', exampleQuery(key('StudyDate', '20200101-20200131'))],
  ['the series of a study', exampleQuery({ level: 'series', studyUid: uid('1.2') })],
  ['the instances of a series', exampleQuery({ level: 'instance', studyUid: uid('1.2'), seriesUid: uid('1.3') })],
])('walks an index in order for %s, without sorting', (_, query) => {
  expect(plan(query)).toMatch(/USING (COVERING )?INDEX/);
  expect(plan(query)).not.toMatch(/TEMP B-TREE/);
});

it.each([
  ['an exact PatientID', exampleQuery(key('PatientID', 'x')), /SEARCH s USING INDEX studies_patient_id/],
  ['an exact AccessionNumber', exampleQuery(key('AccessionNumber', 'x')), /SEARCH s USING INDEX studies_accession/],
  ['an exact name', exampleQuery(key('PatientName', 'smith^john')), /study_text VIRTUAL TABLE INDEX/],
  ['a part of a name', exampleQuery(key('PatientName', '*smith*')), /study_text VIRTUAL TABLE INDEX/],
  ['a part of a description', exampleQuery(key('StudyDescription', '*chest*')), /study_text VIRTUAL TABLE INDEX/],
  ['an instance', exampleQuery({ level: 'instance', ...key('SOPInstanceUID', '1.2') }), /SEARCH i USING INDEX/],
])('finds %s by an index', (_, query, expected) => {
  expect(plan(query)).toMatch(expected);
  expect(plan(query)).not.toMatch(/SCAN s\b/);
});

it('has a column for every searchable Attribute in the table of its level', () => {
  const tables = { study: 'studies', series: 'series', instance: 'instances' };
  for (const { level, column, matchColumn, keyword } of searchableAttributes) {
    const names = database.all('SELECT name FROM pragma_table_info(?)', tables[level]).map(({ name }) => name);
    expect({ keyword, has: names.includes(column) }).toEqual({ keyword, has: true });
    if (matchColumn !== undefined) expect(names).toContain(matchColumn);
  }
});
