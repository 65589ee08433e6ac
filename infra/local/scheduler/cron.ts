import type { TimeZone } from './time-zone';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const [SUNDAY, SATURDAY] = [1, 7];
const [FIRST_YEAR, LAST_YEAR] = [1970, 2199];
const MINUTE_MS = 60_000;

/** No clock is put back by more. */
const MAX_PUT_BACK_MS = 3 * 60 * MINUTE_MS;

/** One month of the calendar. */
interface Month {
  readonly days: readonly number[];
  /** 1 to 7, Sunday first. */
  weekdayOf(day: number): number;
}

/** The days of a month that a field means, in ascending order. */
type DaysIn = (month: Month) => readonly number[];

/**
 * Reads the six fields of a cron expression (minutes, hours, day of month, month, day of week, year) and gives the first
 * instant after another one.
 *
 * A time that the wall clock skips is skipped, one that it shows twice is taken once.
 *
 * @throws {Error} that says which field is wrong
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function parseCron(fields: string, zone: TimeZone): (afterMs: number) => number | undefined {
  const parts = fields.split(/ +/);
  const [minuteField = '', hourField = '', dayOfMonth = '', monthField = '', dayOfWeek = '', yearField = ''] = parts;
  if (parts.length !== 6) throw new Error(`a cron expression has six fields, got ${fields}`);
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error('one of day-of-month and day-of-week must be ?, and only one');
  }
  const minutes = parseNumbers(minuteField, 0, 59);
  const hours = parseNumbers(hourField, 0, 23);
  const months = parseNumbers(monthField, 1, 12, MONTHS);
  const years = parseNumbers(yearField, FIRST_YEAR, LAST_YEAR);
  const daysIn = dayOfMonth === '?' ? parseDayOfWeek(dayOfWeek) : parseDayOfMonth(dayOfMonth);

  function* timesFrom(localMs: number): Generator<number> {
    const first = new Date(localMs);
    for (const year of years.filter((one) => one >= first.getUTCFullYear())) {
      for (const month of months) {
        for (const day of daysIn(toMonth(year, month))) {
          if (Date.UTC(year, month - 1, day + 1) < localMs) continue;
          for (const hour of hours) for (const minute of minutes) yield Date.UTC(year, month - 1, day, hour, minute);
        }
      }
    }
  }

  return (afterMs) => {
    const earliest = zone.toLocal(afterMs) - MAX_PUT_BACK_MS;
    for (const local of timesFrom(earliest)) {
      const atMs = local < earliest ? undefined : zone.findInstant(local);
      if (atMs !== undefined && atMs > afterMs) return atMs;
    }
    return undefined;
  };
}

function toMonth(year: number, month: number): Month {
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return {
    days: Array.from({ length }, (_, index) => index + 1),
    weekdayOf: (day) => ((first + day - 1) % 7) + 1,
  };
}

/** `*`, single values, ranges and steps, separated by commas; the numbers that are meant, in ascending order. */
function parseNumbers(field: string, least: number, most: number, names: readonly string[] = []): number[] {
  const size = most - least + 1;
  const read = (text: string): number => {
    const name = names.indexOf(text.toUpperCase());
    const value = name >= 0 ? name + 1 : Number(text);
    if (!(value >= least && value <= most)) throw isWrong(field);
    return value;
  };
  const numbers = field.split(',').flatMap((part) => {
    const match = /^(?:\*|([A-Z\d]+)(?:-([A-Z\d]+))?)(?:\/([1-9]\d*))?$/i.exec(part);
    if (match === null) throw isWrong(field);
    const [, first, last, step] = match;
    const from = first === undefined ? least : read(first);
    const isSingle = first !== undefined && step === undefined;
    const to = last !== undefined ? read(last) : isSingle ? from : most;
    // A range such as FRI-MON goes on at the beginning.
    const length = ((to - from + size) % size) + 1;
    const all = Array.from({ length }, (_, index) => least + ((from - least + index) % size));
    return all.filter((_, index) => index % Number(step ?? 1) === 0);
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** A set, `L` for the last day, `LW` for the last weekday, `15W` for the weekday nearest to the 15th in its month. */
function parseDayOfMonth(field: string): DaysIn {
  const [, day = field, nearest] = /^(L|\d+)(W?)$/.exec(field) ?? [];
  const wanted = day === 'L' ? [] : parseNumbers(day, 1, 31);
  return (month) => {
    const days = day === 'L' ? month.days.slice(-1) : month.days.filter((one) => wanted.includes(one));
    return nearest === 'W' ? days.map((one) => nearestWeekday(one, month)) : days;
  };
}

function nearestWeekday(day: number, { days, weekdayOf }: Month): number {
  if (weekdayOf(day) === SATURDAY) return day === 1 ? day + 2 : day - 1;
  if (weekdayOf(day) === SUNDAY) return day === days.length ? day - 2 : day + 1;
  return day;
}

/** A set, `L` for Saturday, `6L` for the last Friday of the month, `3#2` for its second Tuesday. */
function parseDayOfWeek(field: string): DaysIn {
  const [, last] = /^([A-Z\d]+)L$/i.exec(field) ?? [];
  const [, numbered, week] = /^([A-Z\d]+)#([1-5])$/i.exec(field) ?? [];
  const wanted = field === 'L' ? [SATURDAY] : parseNumbers(last ?? numbered ?? field, 1, 7, WEEKDAYS);
  return ({ days, weekdayOf }) => {
    const all = days.filter((day) => wanted.includes(weekdayOf(day)));
    if (last !== undefined) return all.slice(-1);
    return week === undefined ? all : all.slice(Number(week) - 1, Number(week));
  };
}

function isWrong(field: string): Error {
  return new Error(`the field ${field} is not valid`);
}
