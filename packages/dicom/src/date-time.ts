import { BuckyError } from './bucky-error.js';

/** A span of dates or times as text that sorts, both ends included: a value of less precision spans what it leaves out. */
export interface TextRange {
  readonly from: string;
  readonly to: string;
}

/** What a range of one VR is made of. */
interface RangeForm {
  /** The beginning of what is said when it is none. */
  readonly refusal: string;
  readonly span: (text: string) => TextRange | undefined;
  readonly widest: TextRange;
}

function lastDay(year: string, month: string): string {
  // Day 0 of the next month; by setUTCFullYear, since Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month), 0);
  return String(date.getUTCDate());
}

function isDate(year: string, month: string, day: string): boolean {
  return month >= '01' && month <= '12' && day >= '01' && day <= lastDay(year, month);
}

function isTime(hour: string, minute: string, second: string): boolean {
  return hour <= '23' && minute <= '59' && second <= '60'; // 60: a leap second
}

/**
 * Reads a value of VR DA, the old form `1993.11.24` too, as `19931124`; undefined when it is no day of the calendar.
 * @see PS3.5 6.2, DA
 */
export function parseDate(text: string): string | undefined {
  const [, year = '', , month = '', day = ''] = /^(\d{4})(\.?)(\d\d)\2(\d\d)$/.exec(text.trim()) ?? [];
  return isDate(year, month, day) ? year + month + day : undefined;
}

/**
 * Reads a value of VR TM, the old form `10:20:30` too: `1020` spans `102000.000000` to `102060.999999`. Undefined when
 * it is no time of day. Digits behind the sixth of a fraction are dropped.
 * @see PS3.5 6.2, TM
 */
export function parseTime(text: string): TextRange | undefined {
  const match = /^(\d\d)(?:(:?)(\d\d)(?:\2(\d\d)(?:\.(\d{1,6})\d*)?)?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, hour = '', , minute, second, fraction = ''] = match;
  if (!isTime(hour, minute ?? '00', second ?? '00')) return undefined;
  return {
    from: `${hour}${minute ?? '00'}${second ?? '00'}.${fraction.padEnd(6, '0')}`,
    to: `${hour}${minute ?? '59'}${second ?? '60'}.${fraction.padEnd(6, '9')}`,
  };
}

/** Moves `YYYYMMDDHHMM…` by an offset from UTC such as `+0130`, to UTC. */
function toUtc(text: string, offset: string): string {
  const part = (start: number, end: number): number => Number(text.slice(start, end));
  const minutes = Number(`${offset[0] ?? ''}1`) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3)));
  const date = new Date(0);
  date.setUTCFullYear(part(0, 4), part(4, 6) - 1, part(6, 8));
  date.setUTCHours(part(8, 10), part(10, 12) - minutes);
  return date.toISOString().replace(/[-T:]/g, '').slice(0, 12) + text.slice(12);
}

const dateTime = /^(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:\.(\d{1,6})\d*)?([+-](?:0\d|1[0-4])[0-5]\d)?$/;

/**
 * Reads a value of VR DT as a span of `YYYYMMDDHHMMSS.FFFFFF`. One that has an offset from UTC is moved to UTC, one
 * without stays local time. Undefined when it is no such value.
 * @see PS3.5 6.2, DT
 */
export function parseDateTime(text: string): TextRange | undefined {
  const match = dateTime.exec(text.trim());
  if (match === null || (match[7] !== undefined && match[6] === undefined)) return undefined;
  const [, year = '', month, day, hour, minute, second, fraction = '', offset] = match;
  if (!isDate(year, month ?? '01', day ?? '01') || !isTime(hour ?? '00', minute ?? '00', second ?? '00')) {
    return undefined;
  }
  const from = `${year}${month ?? '01'}${day ?? '01'}${hour ?? '00'}${minute ?? '00'}${second ?? '00'}`;
  const endDay = day ?? lastDay(year, month ?? '12');
  const to = `${year}${month ?? '12'}${endDay}${hour ?? '23'}${minute ?? '59'}${second ?? '60'}`;
  const ends = { from: `${from}.${fraction.padEnd(6, '0')}`, to: `${to}.${fraction.padEnd(6, '9')}` };
  return offset === undefined ? ends : { from: toUtc(ends.from, offset), to: toUtc(ends.to, offset) };
}

/** Reads one value or a range: `a-b`, `a-` or `-b`. Any hyphen may be the one between, as those of DT stand in offsets too. */
function parseRange(text: string, { refusal, span, widest }: RangeForm): TextRange {
  const single = span(text);
  if (single !== undefined) return single;
  for (let hyphen = text.indexOf('-'); hyphen >= 0; hyphen = text.indexOf('-', hyphen + 1)) {
    const [first, last] = [text.slice(0, hyphen).trim(), text.slice(hyphen + 1).trim()];
    const from = first === '' ? widest : span(first);
    const to = last === '' ? widest : span(last);
    if (from !== undefined && to !== undefined && from !== to) return { from: from.from, to: to.to };
  }
  throw new BuckyError('invalid', `${refusal} nor a range of two with a hyphen between`);
}

/** Reads what a date is matched with, as a range of `YYYYMMDD`. Throws `invalid`. @see PS3.4 C.2.2.2.5 */
export function parseDateRange(text: string): TextRange {
  const span = (value: string): TextRange | undefined => {
    const date = parseDate(value);
    return date === undefined ? undefined : { from: date, to: date };
  };
  return parseRange(text, {
    refusal: 'The date is neither YYYYMMDD',
    span,
    widest: { from: '00000000', to: '99999999' },
  });
}

/** Reads what a time is matched with, as a range of `HHMMSS.FFFFFF`. Throws `invalid`. @see PS3.4 C.2.2.2.5 */
export function parseTimeRange(text: string): TextRange {
  const widest = { from: '000000.000000', to: '235960.999999' };
  return parseRange(text, { refusal: 'The time is neither HHMMSS', span: parseTime, widest });
}

/** Reads what a date and time is matched with, as a range of `YYYYMMDDHHMMSS.FFFFFF`. Throws `invalid`. @see PS3.4 C.2.2.2.5 */
export function parseDateTimeRange(text: string): TextRange {
  const widest = { from: '00000000000000.000000', to: '99999999999999.999999' };
  return parseRange(text, { refusal: 'The date and time is neither YYYYMMDDHHMMSS', span: parseDateTime, widest });
}
