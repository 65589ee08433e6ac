import { readEmbeddedMetrics } from '../../../infra/local/cloudwatch/embedded-metrics';
import { countMetric } from '../../../lib/observability/metric';

const AT = Date.parse('2026-01-01T00:01:30.000Z');
const OPENED = { namespace: 'Shop', name: 'Opened', value: 2, dimensions: { Circuit: 'a-b', Stage: 'dev' }, at: AT };

afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.AWS_LAMBDA_LOG_FORMAT;
});

describe('a metric', () => {
  it('is a line of the log that CloudWatch makes one of', () => {
    const info = jest.spyOn(console, 'info').mockReturnValue();

    countMetric(OPENED);

    const [line] = info.mock.calls.flat();
    expect(JSON.parse(String(line))).toEqual({
      level: 'info',
      _aws: {
        Timestamp: AT,
        CloudWatchMetrics: [
          { Namespace: 'Shop', Dimensions: [['Circuit', 'Stage']], Metrics: [{ Name: 'Opened', Unit: 'Count' }] },
        ],
      },
      Circuit: 'a-b',
      Stage: 'dev',
      Opened: 2,
    });
    expect(readEmbeddedMetrics(String(line))).toEqual([
      {
        namespace: 'Shop',
        name: 'Opened',
        unit: 'Count',
        value: 2,
        dimensions: { Circuit: 'a-b', Stage: 'dev' },
        at: Date.parse('2026-01-01T00:01:00.000Z'),
      },
    ]);
  });

  it('goes past the console in the JSON format of Lambda, which would wrap it', () => {
    process.env.AWS_LAMBDA_LOG_FORMAT = 'JSON';
    const written: string[] = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);

    countMetric(OPENED);

    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^\{.*\}\n$/);
    expect(readEmbeddedMetrics(written[0] ?? '')).toHaveLength(1);
  });
});
