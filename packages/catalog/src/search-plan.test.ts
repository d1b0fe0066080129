import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@bucky/sqlite';
import { everything, exampleCatalog, exampleQuery, uid, type ExampleCatalog } from './example-record.js';
import type { Query, QueryLevel } from './query.js';
import { compileCount, compileIds, compileProbe, compileRows, planSearch, type CompiledSearch } from './search-sql.js';
import { numeric, searchableAttributes, type SearchableAttribute } from './searchable.js';

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

function explain({ sql, parameters }: CompiledSearch): readonly string[] {
  return database.all(`EXPLAIN QUERY PLAN ${sql}`, ...parameters).map(({ detail }) => String(detail));
}

/** How a query is answered when nothing is selective enough: a walk in order. */
function walk(query: Query): readonly string[] {
  return explain(compileIds(planSearch(query, everything), query));
}

/** Steps that read rows one after the other. An index that has all that is asked is not a table, nor is `v`, which is nothing but a key. */
function scans(steps: readonly string[]): readonly string[] {
  return steps.filter(
    (step) =>
      /^SCAN (?!k|b|below|json_each|CONSTANT|\(subquery)/.test(step) &&
      step !== 'SCAN v' &&
      !/COVERING INDEX|VIRTUAL TABLE INDEX/.test(step),
  );
}

const key = (keyword: string, value: string) => ({ matching: [{ keyword, value }] });

it.each([
  ['studies', exampleQuery()],
  ['all series', exampleQuery({ level: 'series' })],
  ['all instances', exampleQuery({ level: 'instance' })],
  ['a range of dates', exampleQuery(key('StudyDate', '20200101-20200131'))],
  ['the series of a study', exampleQuery({ level: 'series', studyUid: uid('1.2') })],
  ['the instances of a study', exampleQuery({ level: 'instance', studyUid: uid('1.2') })],
  ['the instances of a series', exampleQuery({ level: 'instance', studyUid: uid('1.2'), seriesUid: uid('1.3') })],
])('walks in order over %s, along indexes and without sorting', (_, query) => {
  expect(walk(query).filter((step) => !/USING (COVERING )?INDEX/.test(step))).toEqual([]);
});

/** Values of every kind of matching that a VR has. */
function valuesFor({ vr }: SearchableAttribute): readonly string[] {
  if (numeric.has(vr)) return ['1'];
  if (vr === 'DA') return ['20200101', '-20200101'];
  if (vr === 'TM') return ['10', '10-11'];
  if (vr === 'UI') return ['1.2', '1.2,1.3'];
  if (vr === 'CS') return ['A', 'A,B', 'A*', '*A,B?'];
  return vr === 'PN' ? ['Ab*', 'Abc*', '*Abc*', 'Abc^Def'] : ['abc', '*a*', '*abc*'];
}

const levels: readonly QueryLevel[] = ['study', 'series', 'instance'];
const wide = searchableAttributes.filter(({ isWide, vr }) => isWide && vr !== 'SQ');

describe.each(levels)('a search for a %s', (level) => {
  it.each(wide.map((attribute) => [attribute.keyword, attribute] as const))(
    'finds %s without scanning a table',
    (_, of) => {
      for (const value of valuesFor(of)) {
        for (const fuzzy of [false, true]) {
          const query = exampleQuery({ level, fuzzy, ...key(of.keyword, value) });
          const plan = planSearch(query, everything);
          expect(plan.selections).toHaveLength(1);
          for (const selection of plan.selections) {
            const found = [
              compileProbe(selection, 10),
              compileIds(plan, { ...query, selection }),
              compileCount(plan, selection),
            ];
            for (const statement of found) expect(scans(explain(statement))).toEqual([]);
          }
          const steps = walk(query);
          expect(scans(steps.slice(1))).toEqual([]);
          expect(steps[0]).toMatch(/^(SCAN|SEARCH) s USING (COVERING )?INDEX studies_newest/);
          expect(steps).not.toContain('USE TEMP B-TREE FOR ORDER BY');
        }
      }
    },
  );

  const indexed = searchableAttributes.filter(({ orderIndex }) => orderIndex !== undefined);
  const ordered = indexed.filter((attribute) => levels.indexOf(attribute.level) <= levels.indexOf(level));
  it.each(ordered.map(({ keyword }) => [keyword]))('is ordered by %s along an index', (keyword) => {
    for (const descending of [false, true]) {
      const steps = walk(exampleQuery({ level, orderBy: [{ keyword, descending }] }));
      expect(steps[0]).toMatch(/^SCAN [sei] USING (COVERING )?INDEX/);
      expect(scans(steps.slice(1))).toEqual([]);
      expect(steps).not.toContain('USE TEMP B-TREE FOR ORDER BY');
    }
  });

  it('reads its rows by their ids', () => {
    const steps = explain(
      compileRows(
        exampleQuery({ level }),
        searchableAttributes.filter((one) => one.level === 'study'),
        Float64Array.of(1),
      ),
    );
    expect(scans(steps).filter((step) => !step.startsWith('SCAN j '))).toEqual([]);
  });
});

it('finds what is requested by an index', () => {
  const matching = [
    { keyword: 'RequestAttributesSequence.ScheduledProcedureStepID', value: 'a' },
    { keyword: '00400275.00401001', value: 'b*' },
  ];
  const plan = planSearch(exampleQuery({ level: 'series', matching }), everything);
  expect(plan.selections).toHaveLength(1);
  for (const selection of plan.selections) {
    expect(explain(compileProbe(selection, 10)).join()).toMatch(/SEARCH r USING INDEX series_requests_by_step/);
  }
});

it.each([
  ['an exact PatientID', 'PatientID', 'x', /studies_by_patient_id/],
  ['an exact AccessionNumber', 'AccessionNumber', 'x', /studies_by_accession_number/],
  ['an exact name', 'PatientName', 'smith^john', /study_text VIRTUAL TABLE INDEX/],
  ['a part of a name', 'PatientName', '*smith*', /study_text VIRTUAL TABLE INDEX/],
  ['words of a name', 'PatientName', 'john smith', /study_text VIRTUAL TABLE INDEX/],
  ['a part of a description', 'StudyDescription', '*chest*', /study_text VIRTUAL TABLE INDEX/],
  ['a modality', 'ModalitiesInStudy', 'MR', /SEARCH v USING PRIMARY KEY/],
])('selects %s by its own index', (_, keyword, value, expected) => {
  const { selections } = planSearch(exampleQuery({ fuzzy: true, ...key(keyword, value) }), everything);
  expect(explain(compileProbe(selections[0]!, 10)).join('\n')).toMatch(expected);
});

it('begins with the studies that may be seen', () => {
  const plan = planSearch(exampleQuery({ level: 'instance' }), { kind: 'studies', studyUids: [uid('1.2')] });
  const [selection] = plan.selections;
  const steps = explain(compileIds(plan, { offset: 0, selection: selection! }));
  expect(steps.join('\n')).toMatch(/SEARCH s USING (COVERING )?INDEX sqlite_autoindex_studies_1/);
  expect(scans(steps)).toEqual([]);
});

it('has a column for every searchable Attribute in the table of its level', () => {
  const tables = { study: 'studies', series: 'series', instance: 'instances' };
  for (const { level, column, matchColumn, keyword } of searchableAttributes) {
    const names = database.all('SELECT name FROM pragma_table_info(?)', tables[level]).map(({ name }) => name);
    expect({ keyword, has: names.includes(column) }).toEqual({ keyword, has: true });
    if (matchColumn !== undefined) expect(names).toContain(matchColumn);
  }
});
