/** Translates between instants and the wall clock of one place. What that shows is given as epoch milliseconds of UTC. */
export interface TimeZone {
  toLocal(atMs: number): number;
  /**
   * The instant at which the wall clock shows this; the first one when it shows it twice, `undefined` when it is put forward
   * over it.
   */
  findInstant(localMs: number): number | undefined;
}

const DAY_MS = 86_400_000;

/**
 * A time zone by its name in the IANA database, such as `Europe/Berlin`.
 *
 * @throws {Error} when the name is unknown
 */
export function openTimeZone(timeZone: string): TimeZone {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, ...numeric, second: 'numeric', hourCycle: 'h23' });
  const toLocal = (atMs: number): number => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const [year = 0, month = 1, ...rest] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map(
      (type) => parts.get(type) ?? 0,
    );
    return Date.UTC(year, month - 1, ...rest) + (atMs % 1000);
  };
  return {
    toLocal,
    findInstant(localMs) {
      // A clock is put forward or back at most once within the two days.
      const offsets = [localMs - DAY_MS, localMs + DAY_MS].map((atMs) => toLocal(atMs) - atMs);
      const instants = offsets.map((offset) => localMs - offset).filter((atMs) => toLocal(atMs) === localMs);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
  };
}
