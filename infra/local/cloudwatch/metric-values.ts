/** One measured value of a metric: its name within its namespace, with exactly these dimensions. */
export interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly unit: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly value: number;
}

/** A metric, and the time whose values are asked for: from `startAt` until before `endAt`, epoch milliseconds. */
export interface MetricQuery {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Values of every unit when absent. */
  readonly unit?: string;
  readonly startAt: number;
  readonly endAt: number;
}

/** The last measured values of all metrics, in memory. */
export class MetricValues {
  private readonly values: MetricValue[] = [];

  constructor(private readonly maxValues: number) {}

  add(values: readonly MetricValue[]): void {
    this.values.push(...values);
    if (this.values.length > this.maxValues) this.values.splice(0, this.values.length - this.maxValues);
  }

  /** Each metric once, in the order of its first value. */
  listMetrics(): Array<Pick<MetricValue, 'namespace' | 'name' | 'dimensions'>> {
    const metrics = new Map(this.values.map((value) => [metricKey(value), value]));
    return [...metrics.values()];
  }

  find(query: MetricQuery): MetricValue[] {
    const key = metricKey(query);
    const { startAt, endAt, unit } = query;
    return this.values.filter(
      (value) =>
        value.at >= startAt &&
        value.at < endAt &&
        (unit === undefined || value.unit === unit) &&
        metricKey(value) === key,
    );
  }
}

function metricKey({ namespace, name, dimensions }: Pick<MetricValue, 'namespace' | 'name' | 'dimensions'>): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}
