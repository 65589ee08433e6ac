import type { MetricValue } from './metric-values';

/** What a line says of metrics: their values, or why a document that means to have some is not valid. */
export type EmbeddedMetrics = readonly MetricValue[] | { readonly invalid: string };

/** What the Node.js runtime of Lambda puts before a line in its text format. */
const LAMBDA_PREFIX = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t[A-Z]+\t/;
const MAX_METRICS = 100;
const MAX_VALUES = 100;
const MAX_DIMENSIONS = 30;

/**
 * Reads the metrics out of a log line in embedded metric format; none out of any other line. `_aws.Timestamp` is when they
 * were measured, down to the second for metrics of `StorageResolution` 1, to the minute for others.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readEmbeddedMetrics(message: string): EmbeddedMetrics {
  // Most lines have none, and are not parsed.
  if (!message.includes('"CloudWatchMetrics"')) return [];
  const root = parseObject(message.replace(LAMBDA_PREFIX, ''));
  const { CloudWatchMetrics: directives, Timestamp: at } = (root?._aws ?? {}) as Members;
  if (root === undefined || directives === undefined) return [];
  if (!Array.isArray(directives)) return { invalid: '_aws.CloudWatchMetrics must be a list' };
  if (typeof at !== 'number') return { invalid: `_aws.Timestamp must be a number, got ${JSON.stringify(at)}` };
  try {
    return directives.flatMap((directive: Members) => readDirective(directive, root, at));
  } catch (error) {
    if (error instanceof InvalidDocument) return { invalid: error.message };
    throw error;
  }
}

type Members = Readonly<Record<string, unknown>>;

class InvalidDocument extends Error {}

function check(condition: boolean, rule: string, value: unknown): asserts condition {
  if (!condition) throw new InvalidDocument(`${rule}, got ${JSON.stringify(value)}`);
}

function readDirective(directive: Members | null, root: Members, at: number): MetricValue[] {
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive ?? {};
  check(
    typeof namespace === 'string' && /^[^:].{0,254}$/.test(namespace),
    'Namespace must be 1 to 255 characters',
    namespace,
  );
  check(Array.isArray(sets), 'Dimensions must be a list of lists', sets);
  check(Array.isArray(metrics), 'Metrics must be a list', metrics);
  check(metrics.length <= MAX_METRICS, `Metrics must be at most ${MAX_METRICS}`, metrics.length);
  const dimensionSets = sets.map((names) => readDimensions(names, root));
  return metrics.flatMap((metric: Members | null) => {
    const { Name: name, Unit: unit = 'None', StorageResolution: resolution = 60 } = metric ?? {};
    check(typeof name === 'string' && name !== '', 'Name of a metric must be text', name);
    check(typeof unit === 'string', `Unit of ${name} must be text`, unit);
    check(resolution === 1 || resolution === 60, `StorageResolution of ${name} must be 1 or 60`, resolution);
    const values = readValues(name, root[name]);
    const resolutionMs = resolution * 1000;
    const measured = { namespace, name, unit, at: Math.floor(at / resolutionMs) * resolutionMs };
    return dimensionSets.flatMap((dimensions) => values.map((value) => ({ ...measured, dimensions, value })));
  });
}

function readDimensions(names: unknown, root: Members): Record<string, string> {
  check(Array.isArray(names), 'a set of Dimensions must be a list of names', names);
  check(names.length <= MAX_DIMENSIONS, `a set of Dimensions must be at most ${MAX_DIMENSIONS} names`, names.length);
  return Object.fromEntries(
    names.map((name: string) => {
      const value = root[name];
      check(typeof value === 'string' && value !== '', `the value of dimension ${name} must be text`, value);
      return [name, value];
    }),
  );
}

function readValues(name: string, target: unknown): number[] {
  const values: unknown[] = [target].flat();
  const isValid = values.length <= MAX_VALUES && values.every((value) => typeof value === 'number');
  check(isValid, `the value of metric ${name} must be a number or a list of at most ${MAX_VALUES} numbers`, target);
  return values as number[];
}

function parseObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Members) : undefined;
  } catch {
    return undefined;
  }
}
