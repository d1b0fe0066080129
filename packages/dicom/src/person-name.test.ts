import { describe, expect, it } from '@jest/globals';
import { foldText } from './fold-text.js';
import { formatPersonName, parsePersonName, personNameQuery } from './person-name.js';

describe('person names', () => {
  it.each([
    [
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
      { Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' },
    ],
    ['Buc^Jérôme', { Alphabetic: 'Buc^Jérôme' }],
    ['=山田^太郎', { Ideographic: '山田^太郎' }],
    ['==やまだ', { Phonetic: 'やまだ' }],
    ['A^^^Dr^ =B ', { Alphabetic: 'A^^^Dr^', Ideographic: 'B' }],
    ['A=B=C=D', { Alphabetic: 'A', Ideographic: 'B', Phonetic: 'C' }],
    ['', {}],
    ['==', {}],
  ])('takes %p apart', (text, expected) => {
    expect(parsePersonName(text)).toEqual(expected);
  });

  it('writes one without empty groups at its end', () => {
    expect(formatPersonName({ Alphabetic: 'A^B' })).toBe('A^B');
    expect(formatPersonName({ Phonetic: 'C' })).toBe('==C');
    expect(formatPersonName({ Alphabetic: 'A', Ideographic: 'B', Phonetic: 'C' })).toBe('A=B=C');
    expect(formatPersonName({})).toBe('');
  });

  it.each([
    ['Müller, Hans', 'Müller^Hans'],
    ['Müller,Hans*', 'Müller^Hans*'],
    ['Müller,', 'Müller'],
    ['Müller', 'Müller'],
    ['*üll*', '*üll*'],
    ['Müller^Hans, Dr.', 'Müller^Hans, Dr.'],
  ])('understands %p', (text, expected) => {
    expect(personNameQuery(text)).toBe(expected);
  });
});

it('takes names with very many spaces, or ends of groups, within them', () => {
  const spaces = ' '.repeat(3_000_000); // where the time grows with the square, none of these ends
  expect(parsePersonName(`A${spaces}x=B${spaces}=C`)).toEqual({
    Alphabetic: `A${spaces}x`,
    Ideographic: 'B',
    Phonetic: 'C',
  });
  expect(personNameQuery(`A,${spaces}x${spaces},B${spaces}x`)).toBe(`A^x^B${spaces}x`);
  expect(personNameQuery(`A${','.repeat(3_000_000)}x,`)).toBe(`A${'^'.repeat(3_000_000)}x`);
  expect(formatPersonName({ Alphabetic: `${'='.repeat(3_000_000)}A` }).length).toBe(3_000_001);
});

describe('folding', () => {
  it.each([
    ['MÜLLER', 'muller'],
    ['Jérôme', 'jerome'],
    ['Je\u0301ro\u0302me', 'jerome'],
    ['Groß', 'gross'],
    ['GROẞ', 'gross'],
    ['Łukasz Wałęsa', 'lukasz walesa'],
    ['Ødegård Ærø', 'odegard aero'],
    ['Đorđe', 'dorde'],
    ['IŞIK ışık İzmir', 'isik isik izmir'],
    ['Œuvre', 'oeuvre'],
    ['Þórður', 'thordur'],
    ['Őri', 'ori'],
    ['ΔΙΟΝΥΣΙΟΣ Διονύσιος', 'διονυσιοσ διονυσιοσ'],
    ['Люксембург', 'люксембург'],
    ['שָׁלוֹם', 'שלום'],
    ['ﾔﾏﾀﾞ', 'ヤマダ'],
    ['Ａｂｅ', 'abe'],
    ['김희중', '김희중'],
    ['*Ü?', '*u?'],
    ['', ''],
  ])('makes %p %p', (text, expected) => {
    expect(foldText(text)).toBe(expected);
    expect(foldText(expected)).toBe(expected);
  });

  it('keeps letters apart that only look as if they had a mark', () => {
    expect(foldText('が')).not.toBe(foldText('か'));
    expect(foldText('ที')).not.toBe(foldText('ท'));
  });
});
