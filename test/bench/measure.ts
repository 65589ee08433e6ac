/** One figure of the bench. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Such as `1/s`, `ms`, `MB`. */
  readonly unit: string;
}

/** How often `action` can be done in a second, with `concurrency` of them under way, and the CPU that each takes. */
export async function rate(
  name: string,
  { seconds = 3, concurrency = 1, warmUp = 200, per = 1 }: RateOptions,
  action: (index: number) => unknown,
): Promise<Figure[]> {
  let index = 0;
  const lane = async (isOver: () => boolean) => {
    while (!isOver()) await action(index++);
  };
  const lanes = (isOver: () => boolean) => Promise.all(Array.from({ length: concurrency }, () => lane(isOver)));
  await lanes(() => index >= warmUp);

  const before = { at: performance.now(), cpu: process.cpuUsage(), index };
  const endsAt = before.at + seconds * 1000;
  await lanes(() => performance.now() >= endsAt);
  const elapsedSeconds = (performance.now() - before.at) / 1000;
  const cpu = process.cpuUsage(before.cpu);
  const done = index - before.index;
  return [
    { name, value: round(done / elapsedSeconds), unit: '1/s' },
    { name: `${name}, CPU each`, value: round((cpu.user + cpu.system) / 1000 / done / per), unit: 'ms' },
  ];
}

interface RateOptions {
  /** Default 3. */
  readonly seconds?: number;
  /** Default 1. */
  readonly concurrency?: number;
  /** How many are done before the clock runs, because code is slow until it is compiled. Default 200. */
  readonly warmUp?: number;
  /** How many parts one action has, when the CPU of a part is wanted. Default 1. */
  readonly per?: number;
}

/** The value below which the given share of the values lies; `NaN` for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** p50, p90 and p99 as figures. */
export function spread(name: string, values: readonly number[]): Figure[] {
  return [50, 90, 99].map((share) => ({
    name: `${name} p${share}`,
    value: round(percentile(values, share / 100)),
    unit: 'ms',
  }));
}

/** Three significant digits are more than a shared machine gives. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** The sum of the numbers; 0 of none. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
