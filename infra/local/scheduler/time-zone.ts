/** A wall clock's reading, as the epoch milliseconds that it would be in UTC. */
export type LocalMs = number;

/** Translates between instants and the wall clock of one place. */
export interface TimeZone {
  toLocal(atMs: number): LocalMs;
  /**
   * The instant at which the wall clock shows this; the first one when it shows it twice, `undefined` when it is put forward
   * over it.
   */
  findInstant(local: LocalMs): number | undefined;
}

const DAY_MS = 86_400_000;

/**
 * A time zone by its name in the IANA database, such as `Europe/Berlin`.
 *
 * @throws {Error} when the name is unknown
 */
export function openTimeZone(name: string): TimeZone {
  const format = openFormat(name);
  const offsetAt = (atMs: number): number => {
    const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1000) * 1000;
  };
  return {
    toLocal: (atMs) => atMs + offsetAt(atMs),
    findInstant(local) {
      // A clock is put forward or back at most once within the two days.
      const offsets = [offsetAt(local - DAY_MS), offsetAt(local + DAY_MS)];
      const instants = offsets.map((offset) => local - offset).filter((atMs) => atMs + offsetAt(atMs) === local);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
  };
}

function openFormat(timeZone: string): Intl.DateTimeFormat {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...numeric, second: 'numeric', hourCycle: 'h23' });
  } catch {
    throw new Error(`${timeZone} is no time zone`);
  }
}
