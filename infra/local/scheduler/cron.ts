import type { LocalMs, TimeZone } from './time-zone';

const NAMES = {
  month: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
  weekday: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};

const [FIRST_YEAR, LAST_YEAR] = [1970, 2199];
const DAY_MS = 86_400_000;

/** A day of the calendar: `month` and `weekday` count from 1, Sunday first. */
interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly daysInMonth: number;
}

type DayTest = (day: Day) => boolean;

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
  const [minutes = '', hours = '', dayOfMonth = '', months = '', dayOfWeek = '', years = '', ...more] = parts;
  if (years === '' || more.length > 0) throw new Error(`a cron expression has six fields, got ${fields}`);
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error('one of day-of-month and day-of-week must be ?, and only one');
  }
  const minuteSet = parseSet(minutes, 0, 59);
  const hourSet = parseSet(hours, 0, 23);
  const monthSet = parseSet(months, 1, 12, NAMES.month);
  const yearSet = parseSet(years, FIRST_YEAR, LAST_YEAR);
  const isDay = dayOfMonth === '?' ? parseDayOfWeek(dayOfWeek) : parseDayOfMonth(dayOfMonth);

  return (afterMs) => {
    const from = Math.floor(zone.toLocal(afterMs) / DAY_MS);
    const until = Date.UTC(LAST_YEAR + 1, 0, 1) / DAY_MS;
    for (let dayNumber = from; dayNumber < until; dayNumber += 1) {
      const day = toDay(dayNumber);
      if (!yearSet.has(day.year) || !monthSet.has(day.month) || !isDay(day)) continue;
      for (const hour of hourSet) {
        for (const minute of minuteSet) {
          const local: LocalMs = dayNumber * DAY_MS + (hour * 60 + minute) * 60_000;
          const atMs = zone.findInstant(local);
          if (atMs !== undefined && atMs > afterMs) return atMs;
        }
      }
    }
    return undefined;
  };
}

function toDay(dayNumber: number): Day {
  const date = new Date(dayNumber * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, day: date.getUTCDate(), weekday: date.getUTCDay() + 1, daysInMonth };
}

/** `*`, single values, ranges and steps, separated by commas; the numbers that are meant, in ascending order. */
function parseSet(field: string, least: number, most: number, names: readonly string[] = []): ReadonlySet<number> {
  const numbers = field.split(',').flatMap((part) => {
    const match = /^(\*|[A-Z\d]+)(?:-([A-Z\d]+))?(?:\/(\d+))?$/i.exec(part);
    const [, first = '', last, step] = match ?? [];
    if (first === '' || (first === '*' && last !== undefined) || step === '0') throw isWrong(field);
    const read = (text: string): number => {
      const name = names.indexOf(text.toUpperCase());
      const value = name >= 0 ? name + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= least && value <= most)) throw isWrong(field);
      return value;
    };
    const from = first === '*' ? least : read(first);
    const isOpen = first === '*' || (last === undefined && step !== undefined);
    const to = isOpen ? most : read(last ?? first);
    // A range such as FRI-MON goes on at the beginning.
    const length = (to >= from ? to - from : to - from + (most - least + 1)) + 1;
    const all = Array.from({ length }, (_, index) => least + ((from - least + index) % (most - least + 1)));
    return all.filter((_, index) => index % Number(step ?? 1) === 0);
  });
  return new Set(numbers.sort((a, b) => a - b));
}

/** A set, `L` for the last day, `LW` for the last weekday, `15W` for the weekday nearest to the 15th in its month. */
function parseDayOfMonth(field: string): DayTest {
  if (field === 'L') return ({ day, daysInMonth }) => day === daysInMonth;
  const nearest = /^(L|\d+)W$/.exec(field)?.[1];
  if (nearest === undefined) {
    const days = parseSet(field, 1, 31);
    return ({ day }) => days.has(day);
  }
  if (nearest !== 'L') parseSet(nearest, 1, 31);
  return (today) => {
    const wanted = nearest === 'L' ? today.daysInMonth : Number(nearest);
    return today.day === nearestWeekday(wanted, today);
  };
}

function nearestWeekday(wanted: number, { day, weekday, daysInMonth }: Day): number | undefined {
  if (wanted > daysInMonth) return undefined;
  const weekdayOfWanted = (((weekday - 1 + wanted - day) % 7) + 7) % 7;
  if (weekdayOfWanted === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekdayOfWanted === 0) return wanted === daysInMonth ? wanted - 2 : wanted + 1;
  return wanted;
}

/** A set, `L` for Saturday, `6L` for the last Friday of the month, `3#2` for its second Tuesday. */
function parseDayOfWeek(field: string): DayTest {
  const one = (text: string) => [...parseSet(text, 1, 7, NAMES.weekday)][0];
  const last = /^([A-Z\d]+)L$/i.exec(field)?.[1];
  const [, numbered, week] = /^([A-Z\d]+)#([1-5])$/i.exec(field) ?? [];
  if (field === 'L') return ({ weekday }) => weekday === 7;
  if (last !== undefined) {
    const wanted = one(last);
    return ({ weekday, day, daysInMonth }) => weekday === wanted && day > daysInMonth - 7;
  }
  if (numbered !== undefined) {
    const wanted = one(numbered);
    return ({ weekday, day }) => weekday === wanted && Math.ceil(day / 7) === Number(week);
  }
  const days = parseSet(field, 1, 7, NAMES.weekday);
  return ({ weekday }) => days.has(weekday);
}

function isWrong(field: string): Error {
  return new Error(`the field ${field} is not valid`);
}
