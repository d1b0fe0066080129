import { describe, expect, it } from '@jest/globals';
import { BuckyError } from './bucky-error.js';
import {
  parseDate,
  parseDateRange,
  parseDateTime,
  parseDateTimeRange,
  parseTime,
  parseTimeRange,
} from './date-time.js';

describe('dates and times', () => {
  it.each([
    ['19931124', '19931124'],
    ['1993.11.24', '19931124'],
    ['19931124 ', '19931124'],
    ['20240229', '20240229'],
    ['20000229', '20000229'],
    ['19000229', undefined],
    ['20230229', undefined],
    ['20231301', undefined],
    ['20230010', undefined],
    ['20230100', undefined],
    ['20230431', undefined],
    ['1993.1124', undefined],
    ['199311', undefined],
    ['1993-11-24', undefined],
    ['', undefined],
    ['today', undefined],
  ])('reads the date %p as %p', (text, expected) => {
    expect(parseDate(text)).toBe(expected);
  });

  it.each([
    ['102030', '102030.000000', '102030.999999'],
    ['10:20:30', '102030.000000', '102030.999999'],
    ['102030.5', '102030.500000', '102030.599999'],
    ['102030.123456', '102030.123456', '102030.123456'],
    ['102030.123456789', '102030.123456', '102030.123456'],
    ['1020', '102000.000000', '102060.999999'],
    ['10:20', '102000.000000', '102060.999999'],
    ['10', '100000.000000', '105960.999999'],
    ['235960 ', '235960.000000', '235960.999999'],
  ])('reads the time %p', (text, from, to) => {
    expect(parseTime(text)).toEqual({ from, to });
  });

  it.each(['240000', '106000', '102061', '1', '102', '10:2030', '1020:30', '102030.', '10.5', '', 'noon'])(
    'refuses the time %p',
    (text) => {
      expect(parseTime(text)).toBeUndefined();
    },
  );

  it.each([
    ['20240229', '20240229000000.000000', '20240229235960.999999'],
    ['2024', '20240101000000.000000', '20241231235960.999999'],
    ['202402', '20240201000000.000000', '20240229235960.999999'],
    ['20240229102030.5', '20240229102030.500000', '20240229102030.599999'],
    ['20240101003000+0100', '20231231233000.000000', '20231231233000.999999'],
    ['20231231233000-0130', '20240101010000.000000', '20240101010000.999999'],
    ['0050', '00500101000000.000000', '00501231235960.999999'],
  ])('reads the date and time %p', (text, from, to) => {
    expect(parseDateTime(text)).toEqual({ from, to });
  });

  it.each(['20240230', '2024.5', '20240229102030+1500', '20240229250000', '', '20240229102030.'])(
    'refuses the date and time %p',
    (text) => {
      expect(parseDateTime(text)).toBeUndefined();
    },
  );

  it('reads ranges with both ends, the first or the last', () => {
    expect(parseDateRange('20240101')).toEqual({ from: '20240101', to: '20240101' });
    expect(parseDateRange('20240101-20240131')).toEqual({ from: '20240101', to: '20240131' });
    expect(parseDateRange('1993.11.24 - ')).toEqual({ from: '19931124', to: '99999999' });
    expect(parseDateRange('-20240131')).toEqual({ from: '00000000', to: '20240131' });
    expect(parseTimeRange('10-1130')).toEqual({ from: '100000.000000', to: '113060.999999' });
    expect(parseTimeRange('-12')).toEqual({ from: '000000.000000', to: '125960.999999' });
    expect(parseTimeRange('12-')).toEqual({ from: '120000.000000', to: '235960.999999' });
  });

  it('tells the hyphen of a range from that of an offset', () => {
    expect(parseDateTimeRange('2020-2021')).toEqual({ from: '20200101000000.000000', to: '20211231235960.999999' });
    expect(parseDateTimeRange('20200101-0100')).toEqual({
      from: '20200101010000.000000',
      to: '20200102005960.999999',
    });
    expect(parseDateTimeRange('20200101-0100-20200102-0100').to).toBe('20200103005960.999999');
    expect(parseDateTimeRange('20200101-0100-').to).toBe('99999999999999.999999');
    expect(parseDateTimeRange('-20200101')).toEqual({ from: '00000000000000.000000', to: '20200101235960.999999' });
  });

  it.each(['', '-', '20240230', '20240101-20240230', '20240101-20240131-', '*', '2024', "20240101'--", 'Müller'])(
    'refuses to match dates by %p, without repeating it',
    (text) => {
      expect(() => parseDateRange(text)).toThrow(BuckyError);
      expect(() => parseDateRange(text)).toThrow(
        /^The date is neither YYYYMMDD nor a range of two with a hyphen between$/,
      );
    },
  );
});
