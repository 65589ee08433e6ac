/** The CloudWatch room: the lines that functions log, and the metrics that are in them. */
import type { Clock } from '../clock';
import { readEmbeddedMetrics } from './embedded-metrics';
import { LogGroups } from './log-groups';
import { INVALID_LOGS_PARAMETER, logsOperations } from './logs-api';
import { MetricValues } from './metric-values';
import { INVALID_METRICS_PARAMETER, metricsOperations } from './metrics-api';
import { runOperation } from './operations';

/** What the room needs to know. */
export interface CloudWatchOptions {
  readonly clock: Clock;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** How many lines of a log group are kept, the last ones. Default 10000. */
  readonly maxLinesPerGroup?: number;
  /** How many values of metrics are kept over all, the last ones. Default 100000. */
  readonly maxMetricValues?: number;
  /** Hears, in one line, of what is lost: a line for a group that does not exist, metrics that break their format. */
  readonly onLoss?: (line: string) => void;
}

/** One line as a service writes it. */
export interface LogRecord {
  /** Such as `/aws/lambda/holdfast-dev-orders-get-order`. */
  readonly logGroup: string;
  readonly logStream: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: string;
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
   * Answers CloudWatch Logs (`Logs_20140328`): DescribeLogGroups, DescribeLogStreams, FilterLogEvents and GetLogEvents.
   *
   * @throws {AwsError} as AWS does; `UnknownOperationException` or `InvalidParameterException` for what is not known here.
   */
  handleLogs(operation: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /**
   * Answers CloudWatch (`GraniteServiceVersion20100801`): ListMetrics, GetMetricStatistics and GetMetricData.
   *
   * @throws {AwsError} as AWS does; `UnknownOperationException` or `InvalidParameterValueException` for what is not known.
   */
  handleMetrics(operation: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
}

/** Opens the room without any log group. */
export function openCloudWatch(options: CloudWatchOptions): CloudWatch {
  const { clock, region, accountId, maxLinesPerGroup = 10_000, maxMetricValues = 100_000, onLoss } = options;
  const groups = new LogGroups(clock.now, maxLinesPerGroup);
  const values = new MetricValues(maxMetricValues);
  const logs = {
    name: 'CloudWatch Logs',
    operations: logsOperations(groups, (name) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`),
    invalidCode: INVALID_LOGS_PARAMETER,
  };
  const metrics = {
    name: 'CloudWatch',
    operations: metricsOperations(values),
    invalidCode: INVALID_METRICS_PARAMETER,
  };
  return {
    createLogGroup: (name) => groups.create(name),
    putLog({ logGroup, ...line }) {
      if (!groups.put(logGroup, line)) {
        onLoss?.(`log group ${logGroup} does not exist: a line of ${line.logStream} is lost`);
        return;
      }
      const embedded = readEmbeddedMetrics(line.message);
      if ('invalid' in embedded) onLoss?.(`metrics in ${logGroup} are lost: ${embedded.invalid}`);
      else values.add(embedded);
    },
    handleLogs: (operation, body) => runOperation(logs, operation, body),
    handleMetrics: (operation, body) => runOperation(metrics, operation, body),
  };
}
