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
    const { Unit = 'Milliseconds', StorageResolution = 60, Name = 'time', ...members } = more;
    const Metrics = [{ Name, Unit, StorageResolution }];
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

  it('of high resolution have their seconds, others only their minutes', async () => {
    measure(1_500, [1], { StorageResolution: 1 });
    measure(2_500, [2], { StorageResolution: 1 });
    measure(2_500, [3], { service: 'payments' });
    const ofPayments = [{ Name: 'service', Value: 'payments' }];

    const perSecond = await statistics({ Period: 1, EndTime: seconds(20 * MINUTE), Statistics: ['Sum'] });
    const perMinute = await statistics({ Period: 1, Dimensions: ofPayments, Statistics: ['Sum'] });

    expect(perSecond).toMatchObject([
      { Timestamp: seconds(1_000), Sum: 1 },
      { Timestamp: seconds(2_000), Sum: 2 },
    ]);
    expect(perMinute).toMatchObject([{ Timestamp: seconds(0), Sum: 3 }]);
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

  it('have percentiles', async () => {
    measure(
      0,
      Array.from({ length: 20 }, (_, index) => 20 - index),
    );

    const [point] = await statistics({ ExtendedStatistics: ['p0', 'p50', 'p95', 'p99.9', 'p100'] });

    expect(point.ExtendedStatistics).toEqual({ p0: 1, p50: 10, p95: 19, 'p99.9': 20, p100: 20 });
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

  it('are read by several queries at once, newest first unless told', async () => {
    measure(0, [1, 3]);
    measure(MINUTE, [2]);
    const stat = (Stat: string) => ({ Metric: time, Period: 60, Stat });
    const MetricDataQueries = [
      { Id: 'a', MetricStat: stat('Sum') },
      { Id: 'b', MetricStat: stat('p100'), Label: 'slowest' },
      { Id: 'c', MetricStat: stat('Average'), ReturnData: false },
    ];

    const newest = await ask('GetMetricData', { ...window, MetricDataQueries });
    const oldest = await ask('GetMetricData', { ...window, MetricDataQueries, ScanBy: 'TimestampAscending' });

    const common = { Timestamps: [seconds(MINUTE), seconds(0)], StatusCode: 'Complete' };
    expect(newest).toEqual({
      MetricDataResults: [
        { Id: 'a', Label: 'time', Values: [2, 4], ...common },
        { Id: 'b', Label: 'slowest', Values: [2, 3], ...common },
      ],
      Messages: [],
    });
    expect(oldest.MetricDataResults[0].Values).toEqual([4, 2]);
  });

  const statisticsBody = { ...time, ...window, Period: 60, Statistics: ['Sum'] };
  const dataBody = (query: Record<string, unknown>) => ({ ...window, MetricDataQueries: [{ Id: 'a', ...query }] });
  it.each<[operation: string, body: Record<string, unknown>, code: string]>([
    ['PutMetricData', {}, 'UnknownOperationException'],
    ['PutMetricAlarm', {}, 'UnknownOperationException'],
    ['ListMetrics', { RecentlyActive: 'PT3H' }, 'InvalidParameterValueException'],
    ['ListMetrics', { NextToken: 'x' }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Period: 45 }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Period: 90 }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Statistics: ['p95'] }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Statistics: undefined }, 'InvalidParameterCombinationException'],
    ['GetMetricStatistics', { ...statisticsBody, ExtendedStatistics: ['p1'] }, 'InvalidParameterCombinationException'],
    [
      'GetMetricStatistics',
      { ...statisticsBody, Statistics: [], ExtendedStatistics: ['tm99'] },
      'InvalidParameterValueException',
    ],
    ['GetMetricStatistics', { ...statisticsBody, EndTime: seconds(0) }, 'InvalidParameterValueException'],
    ['GetMetricStatistics', { ...statisticsBody, Namespace: undefined }, 'MissingRequiredParameterException'],
    [
      'GetMetricStatistics',
      { ...statisticsBody, Period: 1, EndTime: seconds(1_441_000) },
      'InvalidParameterCombinationException',
    ],
    ['GetMetricData', { ...window, MetricDataQueries: [] }, 'InvalidParameterValueException'],
    ['GetMetricData', dataBody({ Expression: 'SUM(METRICS())' }), 'InvalidParameterValueException'],
    ['GetMetricData', { ...dataBody({}), MaxDatapoints: 5 }, 'InvalidParameterValueException'],
    [
      'GetMetricData',
      dataBody({ MetricStat: { Metric: time, Period: 60, Stat: 'IQM' } }),
      'InvalidParameterValueException',
    ],
  ])('are not given for %s of %j: %s', async (operation, body, code) => {
    measure(0, [1]);

    await expect(ask(operation, body)).rejects.toMatchObject({ code });
  });
});
