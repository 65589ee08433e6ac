import { writeLine } from './write-line';

/** One value of a metric. */
export interface Measurement {
  readonly namespace: string;
  readonly name: string;
  readonly value: number;
  /** Tells the metric from others of its name: 1 to 30, each value 1 to 1,024 characters. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** When it was measured, in epoch milliseconds. */
  readonly at: number;
}

/**
 * Counts something: writes a line in embedded metric format, of which CloudWatch makes a metric. Nothing is called, and nothing is
 * waited for.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function countMetric({ namespace, name, value, dimensions, at }: Measurement): void {
  const directive = {
    Namespace: namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: [{ Name: name, Unit: 'Count' }],
  };
  writeLine('info', { _aws: { Timestamp: at, CloudWatchMetrics: [directive] }, ...dimensions, [name]: value });
}
