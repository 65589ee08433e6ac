import type { MetricValue } from './metrics';

/** What a line says of metrics: their values, or why a document that means to have some is not valid. */
export type EmbeddedMetrics = readonly MetricValue[] | { readonly invalid: string };

/** What the Node.js runtime of Lambda puts before a line in its text format. */
const LAMBDA_PREFIX = /^\d{4}-\d\d-\d\dT[\d:.]+Z\t[^\t]*\t[A-Z]+\t/;
const MINUTE_MS = 60_000;

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the metrics out of a log line in embedded metric format; none out of any other line. `_aws.Timestamp` is when they
 * were measured, down to the minute.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readEmbeddedMetrics(message: string): EmbeddedMetrics {
  // Most lines have none, and are not parsed.
  if (!message.includes('"CloudWatchMetrics"')) return [];
  const root = parseObject(message.replace(LAMBDA_PREFIX, ''));
  const { CloudWatchMetrics: directives, Timestamp: measuredAt } = (root._aws ?? {}) as Members;
  if (directives === undefined) return [];
  try {
    check(Array.isArray(directives), '_aws.CloudWatchMetrics must be a list', directives);
    check(typeof measuredAt === 'number', '_aws.Timestamp must be a number', measuredAt);
    const at = Math.floor(measuredAt / MINUTE_MS) * MINUTE_MS;
    return directives.flatMap((directive) => readDirective(directive, root, at));
  } catch (error) {
    return { invalid: (error as Error).message };
  }
}

function parseObject(text: string): Members {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function check(condition: boolean, rule: string, value: unknown): asserts condition {
  if (!condition) throw new Error(`${rule}, got ${JSON.stringify(value)}`);
}

function readDirective(
  { Namespace: namespace, Dimensions, Metrics }: Members,
  root: Members,
  at: number,
): MetricValue[] {
  const isNamespace = typeof namespace === 'string' && /^[^:].{0,254}$/.test(namespace);
  check(isNamespace, 'Namespace must be 1 to 255 characters', namespace);
  check(Array.isArray(Dimensions), 'Dimensions must be a list of lists', Dimensions);
  check(Array.isArray(Metrics), 'Metrics must be a list', Metrics);
  check(Metrics.length <= 100, 'Metrics must be at most 100', Metrics.length);
  const sets = Dimensions.map((names: unknown) => readDimensions(names, root));
  return Metrics.flatMap(({ Name: name, Unit: unit = 'None' }: Members) => {
    check(typeof name === 'string' && name !== '', 'Name of a metric must be text', name);
    check(typeof unit === 'string', `Unit of ${name} must be text`, unit);
    const values: unknown[] = [root[name]].flat();
    const areNumbers = values.length <= 100 && values.every((value) => typeof value === 'number');
    check(areNumbers, `the value of metric ${name} must be a number or a list of at most 100 numbers`, root[name]);
    const metric = { namespace, name, unit, at };
    return sets.flatMap((dimensions) => values.map((value) => ({ ...metric, dimensions, value: Number(value) })));
  });
}

function readDimensions(names: unknown, root: Members): Record<string, string> {
  check(Array.isArray(names), 'a set of Dimensions must be a list of names', names);
  check(names.length <= 30, 'a set of Dimensions must be at most 30 names', names.length);
  const dimensions = names.map((name: string) => [name, root[name]]);
  for (const [name, value] of dimensions) {
    check(typeof value === 'string' && value !== '', `the value of dimension ${name} must be text`, value);
  }
  return Object.fromEntries(dimensions);
}
