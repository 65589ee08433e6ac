/** The CloudWatch room: the lines that functions log, and the metrics that are in them. */
import type { Clock } from '../clock';
import { readEmbeddedMetrics } from './embedded-metrics';
import { type LogRecord, Logs } from './logs';
import { Metrics } from './metrics';
import { runOperation } from './operations';

/** What the room needs to know. */
export interface CloudWatchOptions {
  readonly clock: Clock;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** How many lines of a log group are kept, the last ones. Default 2000. */
  readonly maxLinesPerGroup?: number;
  /** How many values of metrics are kept over all, the last ones. Default 100000. */
  readonly maxMetricValues?: number;
  /** Hears, in one line, of what is lost: a line for a group that does not exist, metrics that break their format. */
  readonly onLoss?: (line: string) => void;
}

/** Logs and metrics of the local cloud. They are in memory only: a restart empties them. */
export interface CloudWatch {
  /** Makes sure that a log group exists. */
  createLogGroup(name: string): void;
  /**
   * Takes a line, and the metrics in it if it is in embedded metric format. A line for a group that does not exist is lost
   * and told to `onLoss`: functions may not make their groups, so on AWS theirs would be lost as well.
   */
  putLog(record: LogRecord): void;
  /**
   * Answers CloudWatch Logs (`Logs_20140328`): DescribeLogGroups and FilterLogEvents.
   *
   * @throws {AwsError} as AWS does; `UnknownOperationException` or `InvalidParameterException` for what is not known here.
   */
  handleLogs(operation: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /**
   * Answers CloudWatch (`GraniteServiceVersion20100801`): ListMetrics and GetMetricStatistics.
   *
   * @throws {AwsError} as AWS does; `UnknownOperationException` or `InvalidParameterValueException` for what is not known.
   */
  handleMetrics(operation: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

/** Opens the room without any log group. */
export function openCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { clock, region, accountId, maxLinesPerGroup = 20_000, maxMetricValues = 100_000, onLoss } = options;
  const logs = new Logs(clock.now, maxLinesPerGroup, (name) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`);
  const metrics = new Metrics(maxMetricValues);
  return {
    createLogGroup: (name) => logs.create(name),
    putLog(record) {
      if (!logs.put(record)) {
        onLoss?.(`log group ${record.logGroup} does not exist: a line of ${record.logStream} is lost`);
        return;
      }
      const embedded = readEmbeddedMetrics(record.message);
      if ('invalid' in embedded) onLoss?.(`metrics in ${record.logGroup} are lost: ${embedded.invalid}`);
      else metrics.add(embedded);
    },
    handleLogs: async (operation, body) => runOperation(logs, operation, body),
    handleMetrics: async (operation, body) => runOperation(metrics, operation, body),
  };
}
