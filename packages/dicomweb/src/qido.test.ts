import { describe, expect, it } from '@jest/globals';
import { parseUid } from '@bucky/dicom';
import { parseSearch } from './qido.js';

const at = { level: 'study', uids: {} } as const;

describe('parseSearch', () => {
  it('takes keywords and tags, decoded, and asks for at most a thousand from the first on', () => {
    const { query, ignored } = parseSearch('/studies?PatientName=%C3%A4*+b&00100020=x%2By', at);
    expect(query.matching).toEqual([
      { keyword: 'PatientName', value: 'ä* b' },
      { keyword: 'PatientID', value: 'x+y' },
    ]);
    expect(query).toMatchObject({ level: 'study', limit: 1000, offset: 0, orderBy: [], includeFields: [] });
    expect(query.fuzzy).toBe(false);
    expect(ignored).toEqual([]);
  });

  it('decodes a list of fields before it cuts it at the commas', () => {
    const { query } = parseSearch('/studies?includefield=00081030%2C00080060&includefield=PatientAge,00091001', at);
    expect(query.includeFields).toEqual(['StudyDescription', 'Modality', 'PatientAge', '00091001']);
  });

  it('takes all for all, whatever else is named', () => {
    expect(parseSearch('/studies?includefield=PatientAge&includefield=all', at).query.includeFields).toBe('all');
  });

  it('returns an Attribute that is matched universally', () => {
    expect(parseSearch('/studies?PatientAge=', at).query.includeFields).toEqual(['PatientAge']);
  });

  it('reads paths into Sequences, by keywords, Tags or both', () => {
    const { query } = parseSearch(
      '/x?RequestAttributesSequence.00401001=a&00091001=b&60023000=&00400275.00400009=',
      at,
    );
    expect(query.matching).toEqual([
      { keyword: 'RequestAttributesSequence.RequestedProcedureID', value: 'a' },
      { keyword: '00091001', value: 'b' },
      { keyword: '60023000', value: '' },
      { keyword: 'RequestAttributesSequence.ScheduledProcedureStepID', value: '' },
    ]);
    expect(query.includeFields).toEqual(['60023000', 'RequestAttributesSequence']);
  });

  it('tells of the matching that it cannot do (PS3.18 8.3.4.5, 8.3.4.6)', () => {
    const { ignored } = parseSearch('/studies?emptyvaluematching=true&multiplevaluematching=false', at);
    expect(ignored).toEqual(['emptyvaluematching']);
  });

  it('reads order, limit, offset and fuzzy matching, and keeps to its cap', () => {
    const { query } = parseSearch(
      '/studies?orderby=-StudyDate,PatientName&limit=99999&offset=7&fuzzymatching=true',
      at,
    );
    expect(query).toMatchObject({ limit: 10_000, offset: 7, fuzzy: true });
    expect(query.orderBy).toEqual([
      { keyword: 'StudyDate', descending: true },
      { keyword: 'PatientName', descending: false },
    ]);
  });

  it('keeps study and series of the path', () => {
    const uids = { studyUid: parseUid('1.2'), seriesUid: parseUid('1.3') };
    expect(parseSearch('/x', { level: 'instance', uids }).query).toMatchObject(uids);
  });

  it('has no limit below a study but the one asked for', () => {
    const below = { level: 'instance', uids: { studyUid: parseUid('1.2') } } as const;
    expect(parseSearch('/x', below).query).not.toHaveProperty('limit');
    expect(parseSearch('/x?limit=99999', below).query.limit).toBe(99_999);
  });

  it('skips over a hundred thousand instances of the whole archive at most, over any number of others', () => {
    const all = { level: 'instance', uids: {} } as const;
    expect(parseSearch('/instances?offset=100000', all).query.offset).toBe(100_000);
    expect(() => parseSearch('/instances?offset=100001', all)).toThrow('100000 at most');
    expect(parseSearch('/studies?offset=100001', at).query.offset).toBe(100_001);
    const below = { level: 'instance', uids: { studyUid: parseUid('1.2') } } as const;
    expect(parseSearch('/x?offset=100001', below).query.offset).toBe(100_001);
  });

  it('counts all that match when that is asked for', () => {
    expect(parseSearch('/studies?includetotal=true', at).query.total).toBe(true);
    expect(parseSearch('/studies', at).query.total).toBe(false);
  });

  it.each([
    'limit=-1',
    'limit=1e9',
    'offset=x',
    'limit=1&limit=2',
    'PatientID=a&00100020=b',
    'fuzzymatching=maybe',
    'includetotal=1',
    'Foo=secret',
    '__proto__=secret',
    'PatientName.=secret',
    'RequestAttributesSequence.Foo=secret',
    'PatientID=a&PatientID=b',
    'includefield=Foo',
    'orderby=Foo',
    'PatientName=%FF',
    '%zz',
  ])('refuses %s and does not repeat a value', (query) => {
    let thrown: unknown;
    try {
      parseSearch(`/studies?${query}`, at);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'invalid' });
    expect(String(thrown)).not.toContain('secret');
  });
});
