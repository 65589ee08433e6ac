import { type CloudWatch, openCloudWatch } from '../../../../infra/local/cloudwatch/cloudwatch';
import { manualClock } from '../../../support/manual-clock';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const GROUP = '/aws/lambda/f';
const MINUTE = 60_000;

/** Times as they go over the wire. */
const seconds = (offsetMs: number) => (NOON + offsetMs) / 1000;
const window = { StartTime: seconds(0), EndTime: seconds(10 * MINUTE) };
const time = { Namespace: 'shop', MetricName: 'time', Dimensions: [{ Name: 'service', Value: 'orders' }] };

describe('the metrics of the CloudWatch room', () => {
  let cloudWatch: CloudWatch;
  let losses: string[];

  /** Logs values of the metric `time`, of the service orders unless told. */
  const measure = (offsetMs: number, values: number[], more: Record<string, unknown> = {}) => {
    const { Unit = 'Milliseconds', Name = 'time', ...members } = more;
    const Metrics = [{ Name, Unit }];
    const CloudWatchMetrics = [{ Namespace: 'shop', Dimensions: [['service']], Metrics }];
    const document = {
      _aws: { Timestamp: NOON + offsetMs, CloudWatchMetrics },
      service: 'orders',
      [String(Name)]: values,
    };
    cloudWatch.putLog({
      logGroup: GROUP,
      logStream: 's',
      at: NOON + offsetMs,
      message: JSON.stringify({ ...document, ...members }),
    });
  };
  // biome-ignore lint/suspicious/noExplicitAny: answers as they go over the wire
  const ask = (operation: string, body: Record<string, unknown>): Promise<any> =>
    cloudWatch.handleMetrics(operation, body);
  const statistics = async (body: Record<string, unknown>) =>
    (await ask('GetMetricStatistics', { ...time, ...window, Period: 60, ...body })).Datapoints;

  beforeEach(() => {
    losses = [];
    cloudWatch = openCloudWatch({
      clock: manualClock(NOON),
      region: 'us-east-1',
      accountId: '000000000000',
      maxMetricValues: 50,
      onLoss: (line) => losses.push(line),
    });
    cloudWatch.createLogGroup(GROUP);
  });

  it('come from lines, which stay lines of the log', async () => {
    measure(0, [5]);

    expect((await ask('GetMetricStatistics', { ...time, ...window, Period: 60, Statistics: ['Sum'] })).Label).toBe(
      'time',
    );
    expect(await cloudWatch.handleLogs('FilterLogEvents', { logGroupName: GROUP })).toMatchObject({
      events: [{ message: expect.stringContaining('CloudWatchMetrics') }],
    });
  });

  it('that break their format are lost and told', async () => {
    measure(0, [5], { service: 7 });

    expect(losses).toEqual([`metrics in ${GROUP} are lost: the value of dimension service must be text, got 7`]);
    expect((await ask('ListMetrics', {})).Metrics).toEqual([]);
  });

  it('have the statistics of each period in which they have values', async () => {
    measure(10_000, [1, 2]);
    measure(50_000, [6]);
    measure(2 * MINUTE, [4]);

    const Statistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
    expect(await statistics({ Statistics })).toEqual([
      {
        Timestamp: seconds(0),
        Unit: 'Milliseconds',
        SampleCount: 3,
        Average: 3,
        Sum: 9,
        Minimum: 1,
        Maximum: 6,
      },
      {
        Timestamp: seconds(2 * MINUTE),
        Unit: 'Milliseconds',
        SampleCount: 1,
        Average: 4,
        Sum: 4,
        Minimum: 4,
        Maximum: 4,
      },
    ]);
  });

  it('have periods that are counted from the start, which is taken back to its minute', async () => {
    measure(MINUTE, [1]);
    measure(3 * MINUTE, [2]);
    measure(6 * MINUTE, [4]);

    const points = await statistics({ StartTime: seconds(MINUTE + 30_000), Period: 300, Statistics: ['Sum'] });

    expect(points.map(({ Timestamp, Sum }: Record<string, number>) => [Timestamp, Sum])).toEqual([
      [seconds(MINUTE), 3],
      [seconds(6 * MINUTE), 4],
    ]);
  });

  it('count from their start until before their end', async () => {
    measure(0, [1]);
    measure(MINUTE, [2]);

    expect(await statistics({ EndTime: seconds(MINUTE), Statistics: ['Sum'] })).toMatchObject([{ Sum: 1 }]);
  });

  it('are told apart by their exact dimensions, their names and their units', async () => {
    measure(0, [1]);
    measure(0, [2], { service: 'payments' });
    measure(0, [4], { Unit: 'Count' });
    measure(0, [8], { Name: 'size' });

    expect(await statistics({ Statistics: ['Sum'] })).toMatchObject([
      { Unit: 'Milliseconds', Sum: 1 },
      { Unit: 'Count', Sum: 4 },
    ]);
    expect(await statistics({ Unit: 'Count', Statistics: ['Sum'] })).toMatchObject([{ Sum: 4 }]);
    expect(await statistics({ Dimensions: [], Statistics: ['Sum'] })).toEqual([]);
  });

  it('are kept as far as there is room, the oldest values going first', async () => {
    measure(0, Array(30).fill(1));
    measure(MINUTE, Array(30).fill(1));

    expect(await statistics({ Statistics: ['SampleCount'] })).toMatchObject([{ SampleCount: 20 }, { SampleCount: 30 }]);
  });

  it('are listed once each, by namespace, name and dimensions', async () => {
    measure(0, [1]);
    measure(MINUTE, [1]);
    measure(0, [1], { service: 'payments' });
    measure(0, [1], { Name: 'size' });
    const list = async (body: Record<string, unknown>) =>
      (await ask('ListMetrics', body)).Metrics.map(
        ({ MetricName, Dimensions }: typeof time) => `${MetricName} of ${Dimensions[0]?.Value}`,
      );

    expect(await ask('ListMetrics', { MetricName: 'size' })).toEqual({ Metrics: [{ ...time, MetricName: 'size' }] });
    expect(await list({})).toEqual(['time of orders', 'time of payments', 'size of orders']);
    expect(await list({ Namespace: 'other' })).toEqual([]);
    expect(await list({ Dimensions: [{ Name: 'service' }], MetricName: 'time' })).toEqual([
      'time of orders',
      'time of payments',
    ]);
    expect(await list({ Dimensions: [{ Name: 'service', Value: 'payments' }] })).toEqual(['time of payments']);
    expect(await list({ Dimensions: [{ Name: 'step' }] })).toEqual([]);
  });

  const statisticsBody = { ...time, ...window, Period: 60, Statistics: ['Sum'] };
  it.each<[operation: string, body: Record<string, unknown>, code: string]>([
    ['PutMetricData', {}, 'UnknownOperationException'],
    ['PutMetricAlarm', {}, 'UnknownOperationException'],
    ['ListMetrics', { RecentlyActive: 'PT3H' }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Period: 1 }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Period: 90 }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Statistics: ['p95'] }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, ExtendedStatistics: ['p1'] }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, EndTime: seconds(0) }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Namespace: undefined }, 'MissingRequiredParameterException'],
    ['GetMetricData', { ...window, MetricDataQueries: [] }, 'UnknownOperationException'],
  ])('are not given for %s of %j: %s', async (operation, body, code) => {
    measure(0, [1]);

    await expect(ask(operation, body)).rejects.toMatchObject({ code });
  });
});
