import { readEmbeddedMetrics } from '../../../../infra/local/cloudwatch/embedded-metrics';

const AT = Date.parse('2031-05-06T12:34:56.789Z');
const MINUTE = Date.parse('2031-05-06T12:34:00.000Z');

const directive = {
  Namespace: 'shop',
  Dimensions: [['service'], ['service', 'step']],
  Metrics: [{ Name: 'time', Unit: 'Milliseconds' }],
};
const line = (more: Record<string, unknown> = {}, changed: Record<string, unknown> = {}, at: unknown = AT) =>
  JSON.stringify({
    _aws: { Timestamp: at, CloudWatchMetrics: [{ ...directive, ...changed }] },
    service: 'orders',
    step: 'pay',
    time: 5,
    ...more,
  });
const base = { namespace: 'shop', name: 'time', unit: 'Milliseconds', at: MINUTE };

describe('a line in embedded metric format', () => {
  it('gives each metric once for each set of dimensions, at its minute', () => {
    expect(readEmbeddedMetrics(line())).toEqual([
      { ...base, dimensions: { service: 'orders' }, value: 5 },
      { ...base, dimensions: { service: 'orders', step: 'pay' }, value: 5 },
    ]);
  });

  it('gives every value of a list, and None without a unit', () => {
    const changed = { Dimensions: [[]], Metrics: [{ Name: 'time', StorageResolution: 1 }] };

    expect(readEmbeddedMetrics(line({ time: [1, 2] }, changed))).toEqual(
      [1, 2].map((value) => ({ ...base, unit: 'None', dimensions: {}, value })),
    );
  });

  it('is read behind what the runtime of Lambda puts before it', () => {
    const printed = `2031-05-06T12:34:56.789Z\t274cced9-0439-4a76-befe-eeef0ec34460\tINFO\t${line()}`;

    expect(readEmbeddedMetrics(printed)).toEqual(readEmbeddedMetrics(line()));
    expect(readEmbeddedMetrics(`metrics: ${line()}`)).toEqual([]);
  });

  it.each([
    'hello',
    '{"level":"info"}',
    '{ not JSON, but "CloudWatchMetrics" }',
    '"CloudWatchMetrics"',
    '{"_aws":{},"text":"\\"CloudWatchMetrics\\"","CloudWatchMetrics":[]}',
    'null',
  ])('is not %s, which gives nothing', (message) => {
    expect(readEmbeddedMetrics(message)).toEqual([]);
  });

  it.each<[what: string, message: string, reason: string]>([
    ['Timestamp', line({}, {}, 'now'), '_aws.Timestamp must be a number, got "now"'],
    [
      'CloudWatchMetrics',
      '{"_aws":{"Timestamp":1,"CloudWatchMetrics":{}}}',
      '_aws.CloudWatchMetrics must be a list, got {}',
    ],
    ['Namespace', line({}, { Namespace: ':x' }), 'Namespace must be 1 to 255 characters, got ":x"'],
    ['Dimensions', line({}, { Dimensions: 'service' }), 'Dimensions must be a list of lists, got "service"'],
    ['Dimensions', line({}, { Dimensions: ['service'] }), 'a set of Dimensions must be a list of names, got "service"'],
    [
      'Dimensions',
      line({}, { Dimensions: [Array.from({ length: 31 }, (_, index) => `d${index}`)] }),
      'a set of Dimensions must be at most 30 names, got 31',
    ],
    ['a dimension', line({ service: 5 }), 'the value of dimension service must be text, got 5'],
    ['a dimension', line({ service: undefined }), 'the value of dimension service must be text, got undefined'],
    ['Metrics', line({}, { Metrics: {} }), 'Metrics must be a list, got {}'],
    [
      'Metrics',
      line({}, { Metrics: Array.from({ length: 101 }, () => ({ Name: 'time' })) }),
      'Metrics must be at most 100, got 101',
    ],
    ['Name', line({}, { Metrics: [{}] }), 'Name of a metric must be text, got undefined'],
    [
      'a value',
      line({ time: 'fast' }),
      'the value of metric time must be a number or a list of at most 100 numbers, got "fast"',
    ],
    [
      'a value',
      line({ time: null }),
      'the value of metric time must be a number or a list of at most 100 numbers, got null',
    ],
  ])('says what is wrong with its %s', (_, message, invalid) => {
    expect(readEmbeddedMetrics(message)).toEqual({ invalid });
  });
});
