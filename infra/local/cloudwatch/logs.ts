import { AwsError } from '../aws-error';
import { parseFilterPattern } from './filter-pattern';
import type { Body, Operation } from './operations';

/** One line as a service writes it. */
export interface LogRecord {
  /** Such as `/aws/lambda/holdfast-dev-orders-get-order`. */
  readonly logGroup: string;
  readonly logStream: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: string;
}

interface LogEvent extends LogRecord {
  readonly ingestedAt: number;
  /** Counts all lines, so it puts lines of one millisecond in order and is the event's id. */
  readonly sequence: number;
}

/** A log group with the lines that it still has, in the order in which they came in. */
interface LogGroup {
  readonly createdAt: number;
  readonly events: LogEvent[];
}

const INVALID = 'InvalidParameterException';
const MAX_EVENTS = 10_000;

/** The log groups and their lines, in memory. */
export class Logs {
  readonly invalidCode = INVALID;
  private readonly groups = new Map<string, LogGroup>();
  private sequence = 0;

  /** Of each group the last `maxLinesPerGroup` are kept. */
  constructor(
    private readonly now: () => number,
    private readonly maxLinesPerGroup: number,
    private readonly arnOf: (groupName: string) => string,
  ) {}

  /** Makes a group; one that is there stays as it is. */
  create(name: string): void {
    if (!this.groups.has(name)) this.groups.set(name, { createdAt: this.now(), events: [] });
  }

  /** Adds a line; `false` when there is no such group. */
  put(line: LogRecord): boolean {
    const events = this.groups.get(line.logGroup)?.events;
    if (events === undefined) return false;
    this.sequence += 1;
    events.push({ ...line, ingestedAt: this.now(), sequence: this.sequence });
    if (events.length > this.maxLinesPerGroup) events.shift();
    return true;
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
  readonly operations: Readonly<Record<string, Operation>> = {
    DescribeLogGroups: { understands: ['logGroupNamePrefix'], run: (body) => this.describeGroups(body) },
    FilterLogEvents: {
      understands: [
        ...['logGroupName', 'logGroupIdentifier', 'logStreamNames', 'logStreamNamePrefix'],
        // `interleaved` is ignored by AWS too, since 2019.
        ...['startTime', 'endTime', 'filterPattern', 'nextToken', 'limit', 'interleaved'],
      ],
      run: (body) => filterEvents(this.getGroup(body).events, body),
    },
  };

  /** By name, all at once. */
  private describeGroups({ logGroupNamePrefix: prefix = '' }: Body) {
    const names = [...this.groups.keys()].filter((name) => name.startsWith(String(prefix))).sort();
    const logGroups = names.map((logGroupName) => ({
      logGroupName,
      creationTime: this.groups.get(logGroupName)?.createdAt,
      arn: `${this.arnOf(logGroupName)}:*`,
      logGroupArn: this.arnOf(logGroupName),
    }));
    return { logGroups };
  }

  private getGroup({ logGroupName, logGroupIdentifier }: Body): LogGroup {
    if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
      throw invalid('either logGroupName or logGroupIdentifier must be given, and not both');
    }
    const name = String(logGroupName ?? logGroupIdentifier).replace(/^arn:.*:log-group:/, '');
    const group = this.groups.get(name);
    if (group !== undefined) return group;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }
}

function filterEvents(all: readonly LogEvent[], body: Body) {
  const { logStreamNames: names, logStreamNamePrefix: prefix = '', nextToken } = body;
  const { startTime = 0, endTime = Number.MAX_SAFE_INTEGER } = body;
  const limit = Number(body.limit ?? MAX_EVENTS);
  if (names !== undefined && prefix !== '') throw invalid('logStreamNames and logStreamNamePrefix exclude each other');
  if (!(limit >= 1 && limit <= MAX_EVENTS)) throw invalid(`limit must be 1 to ${MAX_EVENTS}, got ${limit}`);
  const matches = parseFilterPattern(String(body.filterPattern ?? ''));
  const found = all
    .filter(({ logStream }) =>
      Array.isArray(names) ? names.includes(logStream) : logStream.startsWith(String(prefix)),
    )
    .filter(({ at }) => at >= Number(startTime) && at <= Number(endTime))
    .filter(({ message }) => matches(message))
    .sort((a, b) => a.at - b.at || a.sequence - b.sequence);
  // A token names the last event of the page before.
  const start = found.findIndex(({ sequence }) => String(sequence) === nextToken) + 1;
  if (nextToken !== undefined && start === 0) throw invalid(`The specified nextToken is invalid: ${nextToken}`);
  const events = found.slice(start, start + limit);
  return {
    events: events.map(({ logStream, at, ingestedAt, message, sequence }) => ({
      logStreamName: logStream,
      timestamp: at,
      message,
      ingestionTime: ingestedAt,
      eventId: String(sequence).padStart(56, '0'),
    })),
    searchedLogStreams: [],
    ...(start + limit < found.length && { nextToken: String(events.at(-1)?.sequence) }),
  };
}

function invalid(message: string): AwsError {
  return new AwsError(INVALID, message);
}
