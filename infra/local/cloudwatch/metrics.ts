import { AwsError } from '../aws-error';
import type { Body, Operation } from './operations';

/** One measured value of a metric, which is a name within a namespace, with exactly these dimensions. */
export interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  /** Epoch milliseconds, of a whole minute. */
  readonly at: number;
  readonly value: number;
}

const INVALID = 'InvalidParameterValueException';
const METRIC = ['Namespace', 'MetricName', 'Dimensions'];
const MINUTE_MS = 60_000;

/** The last measured values of all metrics, in memory. */
export class Metrics {
  readonly invalidCode = INVALID;
  private readonly values: MetricValue[] = [];

  constructor(private readonly maxValues: number) {}

  add(values: readonly MetricValue[]): void {
    this.values.push(...values);
    if (this.values.length > this.maxValues) this.values.splice(0, this.values.length - this.maxValues);
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
  readonly operations: Readonly<Record<string, Operation>> = {
    ListMetrics: { understands: METRIC, run: (body) => listMetrics(this.values, body) },
    GetMetricStatistics: {
      understands: [...METRIC, 'StartTime', 'EndTime', 'Period', 'Statistics', 'Unit'],
      run: (body) => getMetricStatistics(this.values, body),
    },
  };
}

/** Each metric once, in the order of its first value, all at once. */
function listMetrics(values: readonly MetricValue[], { Namespace, MetricName, Dimensions = [] }: Body) {
  const wanted = Dimensions as ReadonlyArray<{ Name: string; Value?: string }>;
  const metrics = new Map(values.map((value) => [keyOf(value), value]));
  const found = [...metrics.values()].filter(
    ({ namespace, name, dimensions }) =>
      (Namespace ?? namespace) === namespace &&
      (MetricName ?? name) === name &&
      wanted.every(({ Name, Value }) => Name in dimensions && (Value ?? dimensions[Name]) === dimensions[Name]),
  );
  return {
    Metrics: found.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
  Sum: sum,
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
};

/** Periods are counted from the start, which is taken back to its minute; those without a value are not there. */
function getMetricStatistics(values: readonly MetricValue[], body: Body) {
  const { Namespace, MetricName, Period, StartTime, EndTime, Unit } = body;
  const { Dimensions, Statistics } = body as {
    Dimensions?: Array<{ Name: string; Value: string }>;
    Statistics?: string[];
  };
  const needed = Object.entries({ Namespace, MetricName, Period, StartTime, EndTime, Statistics });
  const missing = needed.flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length > 0) {
    throw new AwsError('MissingRequiredParameterException', `The parameter ${missing.join(', ')} is required`);
  }
  const unknown = Statistics?.find((name) => !Object.hasOwn(STATISTICS, name));
  if (unknown !== undefined) throw invalid(`Statistics takes ${Object.keys(STATISTICS).join(', ')}, got ${unknown}`);
  const periodMs = Number(Period) * 1000;
  if (!(periodMs > 0 && periodMs % MINUTE_MS === 0)) throw invalid(`Period must be a multiple of 60, got ${Period}`);
  // Timestamps come in seconds.
  const startAt = Math.floor((Number(StartTime) * 1000) / MINUTE_MS) * MINUTE_MS;
  const endAt = Number(EndTime) * 1000;
  if (!(startAt < endAt)) throw invalid('The parameter StartTime must be less than the parameter EndTime.');

  const dimensions = Object.fromEntries((Dimensions ?? []).map(({ Name, Value }) => [Name, Value]));
  const key = keyOf({ namespace: String(Namespace), name: String(MetricName), dimensions });
  const periods = new Map<string, { unit: string; at: number; measured: number[] }>();
  for (const value of values) {
    const isAsked = value.at >= startAt && value.at < endAt && (Unit ?? value.unit) === value.unit;
    if (!isAsked || keyOf(value) !== key) continue;
    const at = startAt + Math.floor((value.at - startAt) / periodMs) * periodMs;
    const period = periods.get(`${at} ${value.unit}`) ?? { unit: value.unit, at, measured: [] };
    periods.set(`${at} ${value.unit}`, period);
    period.measured.push(value.value);
  }
  const points = [...periods.values()].sort((a, b) => a.at - b.at);
  const Datapoints = points.map(({ unit, at, measured }) => ({
    Timestamp: at / 1000,
    Unit: unit,
    ...Object.fromEntries((Statistics ?? []).map((name) => [name, STATISTICS[name]?.(measured)])),
  }));
  return { Label: MetricName, Datapoints };
}

function keyOf({ namespace, name, dimensions }: Pick<MetricValue, 'namespace' | 'name' | 'dimensions'>): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

function invalid(message: string): AwsError {
  return new AwsError(INVALID, message);
}
