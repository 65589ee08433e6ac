import '../../support/environment';
import { findLogLines } from '../../../lib/observability/aws-logs';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';

const LOG_GROUP = '/aws/vendedlogs/states/machine';
const search = { logGroup: LOG_GROUP, phrase: 'a "b"' };

describe('finding lines of a log group', () => {
  let aws: FakeAws;
  const bodies = () => aws.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  /** Answers the pages one after another, the last one again and again; each line is a message. */
  const holds = (...pages: Array<{ lines: string[]; nextToken?: string }>) => {
    let asked = 0;
    aws.answer((response) => {
      const { lines, nextToken } = pages[Math.min(asked, pages.length - 1)] ?? { lines: [] };
      asked += 1;
      response.end(JSON.stringify({ events: lines.map((message) => ({ message })), nextToken }));
    });
  };

  beforeAll(async () => {
    aws = await startFakeAws();
  });
  beforeEach(() => aws.forget());
  afterAll(() => aws.close());

  it('asks CloudWatch for the phrase, quoted, and for the window', async () => {
    holds({ lines: ['x', 'y'] });

    expect(await findLogLines({ ...search, window: { startsAt: 1_000, endsAt: 2_000 } })).toEqual(['x', 'y']);
    expect(aws.requests).toMatchObject([
      {
        path: '/',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'Logs_20140328.FilterLogEvents',
          authorization: expect.stringContaining('/us-east-1/logs/aws4_request'),
        },
      },
    ]);
    expect(bodies()).toEqual([
      { logGroupName: LOG_GROUP, filterPattern: '"a \\"b\\""', startTime: 1_000, endTime: 2_000 },
    ]);
  });

  it('goes on to the last page, also after an empty one', async () => {
    holds({ lines: ['x'], nextToken: '1' }, { lines: [], nextToken: '2' }, { lines: ['y'] });

    expect(await findLogLines(search)).toEqual(['x', 'y']);
    expect(bodies().map(({ nextToken }) => nextToken)).toEqual([undefined, '1', '2']);
  });

  it('is no answer when nothing was found, and not everything was looked at', async () => {
    holds({ lines: [], nextToken: 'on' });

    await expect(findLogLines(search)).rejects.toMatchObject({ name: 'ServiceUnavailableError' });
  });

  it('gives up after 20 pages', async () => {
    holds({ lines: ['x'], nextToken: 'on' });

    expect(await findLogLines(search)).toHaveLength(20);
  });

  it('gives up after ten seconds with what it has', async () => {
    holds({ lines: ['x'], nextToken: 'on' });
    let now = 0;
    const clock = { now: () => now };
    const everyPageTakes = (ms: number) =>
      aws.answer((response) => {
        now += ms;
        response.end(JSON.stringify({ events: [{ message: 'x' }], nextToken: 'on' }));
      });
    everyPageTakes(4_000);

    expect(await findLogLines(search, clock)).toEqual(['x', 'x', 'x']);
  });

  it('stops at 5000 lines', async () => {
    holds({ lines: Array.from({ length: 3_000 }, (_, index) => String(index)), nextToken: 'on' });

    expect(await findLogLines(search)).toHaveLength(5_000);
    expect(aws.requests).toHaveLength(2);
  });

  it('finds nothing in a group that does not exist', async () => {
    aws.answer((response) => response.writeHead(400).end('{"__type":"ResourceNotFoundException"}'));

    expect(await findLogLines(search)).toEqual([]);
  });

  it('that fails is an error, not an empty answer', async () => {
    aws.answer((response) => response.writeHead(400).end('{"__type":"AccessDeniedException"}'));

    await expect(findLogLines(search)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', status: 503 });
  });
});
