import { type CloudWatch, openCloudWatch } from '../../../../infra/local/cloudwatch/cloudwatch';
import { type ManualClock, manualClock } from '../../../support/manual-clock';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const GROUP = '/aws/lambda/f';

type Answer = Record<string, unknown> & {
  events: Array<{ message: string; eventId: string }>;
  logGroups: Array<{ logGroupName: string }>;
  nextToken?: string;
};

describe('the logs of the CloudWatch room', () => {
  let clock: ManualClock;
  let cloudWatch: CloudWatch;
  let losses: string[];

  const put = (message: string, more: { at?: number; logStream?: string } = {}) =>
    cloudWatch.putLog({ logGroup: GROUP, logStream: 's1', at: NOON, message, ...more });
  const ask = (operation: string, body: Record<string, unknown> = {}) =>
    cloudWatch.handleLogs(operation, body) as Promise<Answer>;
  const filter = async (body: Record<string, unknown> = {}) =>
    (await ask('FilterLogEvents', { logGroupName: GROUP, ...body })).events.map(({ message }) => message);

  beforeEach(() => {
    clock = manualClock(NOON);
    losses = [];
    cloudWatch = openCloudWatch({
      clock,
      region: 'eu-central-1',
      accountId: '123456789012',
      maxLinesPerGroup: 5,
      onLoss: (line) => losses.push(line),
    });
    cloudWatch.createLogGroup(GROUP);
  });

  it('loses a line for a group that does not exist, and tells', async () => {
    cloudWatch.putLog({ logGroup: '/aws/lambda/other', logStream: 's', at: NOON, message: 'a' });

    expect(losses).toEqual(['log group /aws/lambda/other does not exist: a line of s is lost']);
    await expect(ask('FilterLogEvents', { logGroupName: '/aws/lambda/other' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
  });

  it('hands out lines with all that is known of them, by name and by ARN of the group', async () => {
    await clock.advance(7);
    put('hello');

    const arn = `arn:aws:logs:eu-central-1:123456789012:log-group:${GROUP}`;
    const byName = await ask('FilterLogEvents', { logGroupName: GROUP, interleaved: true });
    const byArn = await ask('FilterLogEvents', { logGroupIdentifier: arn });

    expect(byArn).toEqual(byName);
    expect(byName).toEqual({
      events: [
        {
          logStreamName: 's1',
          timestamp: NOON,
          message: 'hello',
          ingestionTime: NOON + 7,
          eventId: expect.stringMatching(/^\d{56}$/),
        },
      ],
      searchedLogStreams: [],
    });
  });

  it('keeps the last lines of each group only', async () => {
    for (const message of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) put(message);

    expect(await filter()).toEqual(['c', 'd', 'e', 'f', 'g']);
  });

  it('puts lines of all streams in the order of their time, then of their coming', async () => {
    put('late', { at: NOON + 5 });
    put('first', { logStream: 's2' });
    put('second');

    expect(await filter()).toEqual(['first', 'second', 'late']);
  });

  it('filters by time with both ends included, by stream, by its prefix, and by a pattern', async () => {
    put('a', { at: NOON + 1 });
    put('b', { at: NOON + 2, logStream: 's2' });
    put('c', { at: NOON + 3, logStream: 't1' });

    expect(await filter({ startTime: NOON + 2, endTime: NOON + 3 })).toEqual(['b', 'c']);
    expect(await filter({ startTime: NOON + 1, endTime: NOON + 2 })).toEqual(['a', 'b']);
    expect(await filter({ logStreamNames: ['s1', 't1'] })).toEqual(['a', 'c']);
    expect(await filter({ logStreamNamePrefix: 's' })).toEqual(['a', 'b']);
    expect(await filter({ filterPattern: '-b' })).toEqual(['a', 'c']);
  });

  it('pages without losing or repeating a line, also of one millisecond and while lines come in', async () => {
    for (const message of ['a', 'b', 'c']) put(message);

    const first = await ask('FilterLogEvents', { logGroupName: GROUP, limit: 2 });
    put('d');
    const second = await ask('FilterLogEvents', { logGroupName: GROUP, limit: 2, nextToken: first.nextToken });

    expect([first, second].map(({ events }) => events.map(({ message }) => message))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(second.nextToken).toBeUndefined();
    expect(new Set([...first.events, ...second.events].map(({ eventId }) => eventId)).size).toBe(4);
  });

  it('describes groups in the order of their names', async () => {
    for (const name of ['/b', '/a']) cloudWatch.createLogGroup(name);
    put('a');
    cloudWatch.createLogGroup(GROUP);

    const all = await ask('DescribeLogGroups');
    const byPrefix = await ask('DescribeLogGroups', { logGroupNamePrefix: '/aws/' });

    const arn = `arn:aws:logs:eu-central-1:123456789012:log-group:${GROUP}`;
    const names = ({ logGroups }: Answer) => logGroups.map(({ logGroupName }) => logGroupName);
    expect([all, byPrefix].map(names)).toEqual([['/a', GROUP, '/b'], [GROUP]]);
    expect(byPrefix.logGroups).toEqual([
      {
        logGroupName: GROUP,
        creationTime: NOON,
        arn: `${arn}:*`,
        logGroupArn: arn,
      },
    ]);
    expect(await filter()).toEqual(['a']);
  });

  it.each<[operation: string, body: Record<string, unknown>, code: string]>([
    ['PutLogEvents', {}, 'UnknownOperationException'],
    ['StartQuery', {}, 'UnknownOperationException'],
    ['DescribeLogGroups', { logGroupClass: 'STANDARD' }, 'InvalidParameterException'],
    ['DescribeLogGroups', { limit: 50 }, 'InvalidParameterException'],
    ['DescribeLogStreams', { logGroupName: GROUP }, 'UnknownOperationException'],
    ['FilterLogEvents', {}, 'InvalidParameterException'],
    ['FilterLogEvents', { logGroupName: GROUP, logGroupIdentifier: GROUP }, 'InvalidParameterException'],
    ['FilterLogEvents', { logGroupName: GROUP, unmask: true }, 'InvalidParameterException'],
    ['FilterLogEvents', { logGroupName: GROUP, limit: 10_001 }, 'InvalidParameterException'],
    ['FilterLogEvents', { logGroupName: GROUP, nextToken: 'x' }, 'InvalidParameterException'],
    ['FilterLogEvents', { logGroupName: GROUP, filterPattern: '[a]' }, 'InvalidParameterException'],
    [
      'FilterLogEvents',
      { logGroupName: GROUP, logStreamNames: ['s'], logStreamNamePrefix: 's' },
      'InvalidParameterException',
    ],
    ['GetLogEvents', { logGroupName: GROUP, logStreamName: 'none' }, 'UnknownOperationException'],
  ])('refuses %s of %j with %s', async (operation, body, code) => {
    await expect(ask(operation, body)).rejects.toMatchObject({ code });
  });
});
