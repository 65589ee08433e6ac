import { groupBy } from './group-by';
import type { MetricValue } from './metric-values';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
  Sum: sum,
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
};

/** The names of the statistics that are no percentiles. */
export const STATISTIC_NAMES = Object.keys(STATISTICS);

export type Statistic = (values: readonly number[]) => number;

/** A statistic by its name, a percentile as `p95` or `p99.9`; `undefined` for any other. */
export function findStatistic(name: string): Statistic | undefined {
  if (Object.hasOwn(STATISTICS, name)) return STATISTICS[name];
  const [, percent] = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name) ?? [];
  return percent === undefined ? undefined : (values) => percentile(values, Number(percent));
}

/** The least value that so many percent of the values do not exceed. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * The values by the period they fall into, oldest first; periods are counted from `startAt`. All in milliseconds. Periods
 * without a value are not there.
 */
export function toPeriods(
  values: readonly MetricValue[],
  startAt: number,
  periodMs: number,
): Array<{ readonly at: number; readonly values: readonly number[] }> {
  const periods = groupBy(values, ({ at }) => startAt + Math.floor((at - startAt) / periodMs) * periodMs);
  return [...periods]
    .sort(([a], [b]) => a - b)
    .map(([at, measured]) => ({ at, values: measured.map(({ value }) => value) }));
}
