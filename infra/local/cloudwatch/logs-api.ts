import { AwsError } from '../aws-error';
import { parseFilterPattern } from './filter-pattern';
import { groupBy } from './group-by';
import type { LogEvent, LogGroup, LogGroups } from './log-groups';
import { type Body, integerIn, type Operation } from './operations';

/** Of a request that breaks a rule. */
export const INVALID_LOGS_PARAMETER = 'InvalidParameterException';

const GROUP = ['logGroupName', 'logGroupIdentifier'];
const MAX_EVENTS = 10_000;
const MAX_DESCRIBED = 50;

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html */
export function logsOperations(groups: LogGroups, logGroupArn: (name: string) => string): Record<string, Operation> {
  const groupOf = (body: Body) => getGroup(groups, body);
  return {
    DescribeLogGroups: {
      understands: ['logGroupNamePrefix', 'limit', 'nextToken'],
      run: (body) => describeGroups(groups, body, logGroupArn),
    },
    DescribeLogStreams: {
      understands: [...GROUP, 'logStreamNamePrefix', 'orderBy', 'descending', 'limit', 'nextToken'],
      run: (body) => describeStreams(groupOf(body), body, logGroupArn),
    },
    FilterLogEvents: {
      understands: [
        ...GROUP,
        'logStreamNames',
        'logStreamNamePrefix',
        'startTime',
        'endTime',
        'filterPattern',
        'nextToken',
        'limit',
        // Ignored by AWS too, since 2019.
        'interleaved',
      ],
      run: (body) => filterEvents(groupOf(body), body),
    },
    GetLogEvents: {
      understands: [...GROUP, 'logStreamName', 'startTime', 'endTime', 'nextToken', 'limit', 'startFromHead'],
      run: (body) => getEvents(groupOf(body), body),
    },
  };
}

function getGroup(groups: LogGroups, { logGroupName, logGroupIdentifier }: Body): LogGroup {
  if ((logGroupName === undefined) === (logGroupIdentifier === undefined)) {
    throw invalid('either logGroupName or logGroupIdentifier must be given, and not both');
  }
  const name = String(logGroupName ?? logGroupIdentifier).replace(/^arn:[^:]*:logs:[^:]*:\d*:log-group:/, '');
  const group = groups.find(name);
  if (group === undefined) throw notFound('The specified log group does not exist.');
  return group;
}

function describeGroups(groups: LogGroups, body: Body, logGroupArn: (name: string) => string) {
  const found = groups
    .list()
    .filter(({ name }) => name.startsWith(String(body.logGroupNamePrefix ?? '')))
    .map(({ name, createdAt }) => ({
      logGroupName: name,
      creationTime: createdAt,
      metricFilterCount: 0,
      arn: `${logGroupArn(name)}:*`,
      logGroupArn: logGroupArn(name),
      logGroupClass: 'STANDARD',
    }));
  return page('logGroups', found, body);
}

function describeStreams({ name: groupName, events }: LogGroup, body: Body, logGroupArn: (name: string) => string) {
  const { logStreamNamePrefix: prefix, orderBy = 'LogStreamName', descending } = body;
  if (orderBy !== 'LogStreamName' && orderBy !== 'LastEventTime') {
    throw invalid(`orderBy must be LogStreamName or LastEventTime, got ${orderBy}`);
  }
  if (orderBy === 'LastEventTime' && prefix !== undefined) {
    throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
  }
  const byStream = groupBy(events, ({ logStream }) => logStream);
  const streams = [...byStream].map(([name, lines]) => ({
    logStreamName: name,
    creationTime: Math.min(...lines.map(({ ingestedAt }) => ingestedAt)),
    firstEventTimestamp: Math.min(...lines.map(({ at }) => at)),
    lastEventTimestamp: Math.max(...lines.map(({ at }) => at)),
    lastIngestionTime: Math.max(...lines.map(({ ingestedAt }) => ingestedAt)),
    arn: `${logGroupArn(groupName)}:log-stream:${name}`,
    storedBytes: 0,
  }));
  const isByTime = orderBy === 'LastEventTime';
  const sorted = streams
    .filter(({ logStreamName }) => logStreamName.startsWith(String(prefix ?? '')))
    .sort((a, b) =>
      isByTime ? a.lastEventTimestamp - b.lastEventTimestamp : a.logStreamName < b.logStreamName ? -1 : 1,
    );
  return page('logStreams', descending === true ? sorted.reverse() : sorted, body);
}

function filterEvents(group: LogGroup, body: Body) {
  const { logStreamNames: names, logStreamNamePrefix: prefix, nextToken } = body;
  if (names !== undefined && prefix !== undefined) {
    throw invalid('logStreamNames and logStreamNamePrefix must not be given both');
  }
  const limit = integerIn(body, 'limit', [1, MAX_EVENTS], INVALID_LOGS_PARAMETER, MAX_EVENTS);
  const matches = parseFilterPattern(String(body.filterPattern ?? ''));
  const after = nextToken === undefined ? undefined : parseCursor(nextToken);
  const found = group.events
    .filter(({ logStream }) => !Array.isArray(names) || names.includes(logStream))
    .filter(({ logStream }) => logStream.startsWith(String(prefix ?? '')))
    // Here the end is included, as AWS documents it; in GetLogEvents it is not.
    .filter(({ at }) => at >= Number(body.startTime ?? 0) && at <= Number(body.endTime ?? Number.MAX_SAFE_INTEGER))
    .filter((event) => (after === undefined || compare(event, after) > 0) && matches(event.message))
    .sort(compare);
  const events = found.slice(0, limit);
  const last = events.at(-1);
  return {
    events: events.map((event) => ({
      logStreamName: event.logStream,
      ...toOutput(event),
      eventId: String(event.sequence).padStart(56, '0'),
    })),
    searchedLogStreams: [],
    ...(last !== undefined && found.length > limit && { nextToken: toCursor(last) }),
  };
}

function getEvents(group: LogGroup, body: Body) {
  const { logStreamName, startFromHead, nextToken } = body;
  const limit = integerIn(body, 'limit', [1, MAX_EVENTS], INVALID_LOGS_PARAMETER, MAX_EVENTS);
  const all = group.events.filter(({ logStream }) => logStream === logStreamName).sort(compare);
  if (all.length === 0) throw notFound('The specified log stream does not exist.');
  const [, direction, at] = /^([fb])\/(.+)$/.exec(String(nextToken ?? '')) ?? [];
  if (nextToken !== undefined && direction === undefined) throw invalidToken(nextToken);
  const cursor = at === undefined ? undefined : parseCursor(at);
  const isForward = direction === undefined ? startFromHead === true : direction === 'f';
  const found = all
    .filter(
      (event) => event.at >= Number(body.startTime ?? 0) && event.at < Number(body.endTime ?? Number.MAX_SAFE_INTEGER),
    )
    .filter((event) => cursor === undefined || (isForward ? compare(event, cursor) > 0 : compare(event, cursor) < 0));
  const events = isForward ? found.slice(0, limit) : found.slice(-limit);
  // Where there is nothing more, the tokens stay where they are: that is how a reader knows.
  const place = cursor ?? { at: 0, sequence: 0 };
  return {
    events: events.map(toOutput),
    nextForwardToken: `f/${toCursor(events.at(-1) ?? place)}`,
    nextBackwardToken: `b/${toCursor(events[0] ?? place)}`,
  };
}

type Cursor = Pick<LogEvent, 'at' | 'sequence'>;

/** By time, and within a millisecond in the order in which they came in. */
function compare(a: Cursor, b: Cursor): number {
  return a.at - b.at || a.sequence - b.sequence;
}

function toCursor({ at, sequence }: Cursor): string {
  return `${at}-${sequence}`;
}

function parseCursor(token: unknown): Cursor {
  const [, at, sequence] = /^(\d+)-(\d+)$/.exec(String(token)) ?? [];
  if (at === undefined) throw invalidToken(token);
  return { at: Number(at), sequence: Number(sequence) };
}

function toOutput({ at, ingestedAt, message }: LogEvent) {
  return { timestamp: at, message, ingestionTime: ingestedAt };
}

/** One page of a list; its token is the number of items before the next one. */
function page(name: string, items: readonly unknown[], body: Body): Record<string, unknown> {
  const limit = integerIn(body, 'limit', [1, MAX_DESCRIBED], INVALID_LOGS_PARAMETER, MAX_DESCRIBED);
  const { nextToken = '0' } = body;
  if (!/^\d+$/.test(String(nextToken))) throw invalidToken(nextToken);
  const end = Number(nextToken) + limit;
  return { [name]: items.slice(Number(nextToken), end), ...(end < items.length && { nextToken: String(end) }) };
}

function invalid(message: string): AwsError {
  return new AwsError(INVALID_LOGS_PARAMETER, message);
}

function invalidToken(token: unknown): AwsError {
  return invalid(`The specified nextToken is invalid: ${token}`);
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}
