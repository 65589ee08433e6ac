import { AwsError } from '../../../../infra/local/aws-error';
import { PARENT, ROOT, TRACE_HEADER, TRACE_ID } from '../recorded-spans';
import { aQueueMapping, closeMappings, Refusal, reporting } from './a-queue-mapping';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

describe('an event source mapping of a queue', () => {
  afterEach(closeMappings);

  test('hands messages over in batches of at most its size, and deletes them then', async () => {
    const { send, clock, batches, deleted } = aQueueMapping(undefined, { batchSize: 2 });

    send('a', 'b', 'c');
    await clock.advance(0);
    send('d');
    await clock.advance(0);

    expect(batches).toEqual([['a', 'b'], ['c'], ['d']]);
    expect(deleted).toEqual(['a', 'b', 'c', 'd']);
  });

  test('makes the time in the queue a span of the trace of each message, and links the invocation to them', async () => {
    const { send, sendWith, clock, spans, links, payloads } = aQueueMapping();
    const SentTimestamp = String(clock.now() - 250);
    const Attributes = { AWSTraceHeader: TRACE_HEADER, SentTimestamp, ApproximateReceiveCount: '2' };

    sendWith({ Attributes }, 'a');
    send('b');
    await clock.advance(0);

    const place = { traceId: TRACE_ID, parentId: PARENT, startedAt: clock.now() - 250, endedAt: clock.now() };
    const own = { name: 'work', service: 'sqs', kind: 'producer', annotations: { receiveCount: 2 } };
    expect(spans).toEqual([expect.objectContaining({ ...own, ...place })]);
    expect(links).toEqual([[`${ROOT};Parent=${spans[0]?.spanId};Sampled=1`]]);
    expect(JSON.parse(payloads[0] ?? '').Records[0].attributes.AWSTraceHeader).toBe(TRACE_HEADER);
  });

  test('takes what is in the queue when it starts, and asks only when there is news', async () => {
    const { send, clock, requests } = aQueueMapping();
    await clock.advance(600_000);
    const idle = [...requests];

    send('a');
    await clock.advance(600_000);

    expect(idle).toEqual(['receive 10']);
    expect(requests.slice(1)).toEqual(['receive 10', 'receive 10', 'delete 1']);
  });

  test('splits what makes an event larger than 6 MB', async () => {
    const { send, clock, batches } = aQueueMapping();
    const bodies = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => letter.repeat(1_000_000));

    send(...bodies);
    await clock.advance(0);

    expect(batches.map(({ length }) => length)).toEqual([4, 3]);
    expect(batches.flat()).toEqual(bodies);
  });

  test.each([5, 2])('runs at most %s invocations at once if that is its maximum concurrency', async (most) => {
    const ends: Array<() => void> = [];
    const wait = () => new Promise<void>((resolve) => ends.push(resolve));
    const { send, clock, batches, visible } = aQueueMapping(wait, { batchSize: 1, maximumConcurrency: most });

    send(...numbered(7));
    await clock.advance(0);
    const atOnce = ends.length;
    const left = visible.length;
    ends[0]?.();
    await clock.advance(0);

    expect([atOnce, left]).toEqual([most, 7 - most]);
    expect([ends.length, batches]).toEqual([most + 1, [['0']]]);
    for (let end = 0; end < 7; end += 1) {
      ends[end]?.();
      await clock.advance(0);
    }
  });

  test('leaves the whole batch to the visibility timeout when the function fails', async () => {
    const { send, clock, batches, deleted } = aQueueMapping(() => {
      throw new Error('bad');
    });

    send('a', 'b');
    await clock.advance(600_000);

    expect(batches).toEqual([['a', 'b']]);
    expect(deleted).toEqual([]);
  });

  /** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting */
  describe('that reports failures', () => {
    test.each([
      ['one message', reporting('id-b'), ['a', 'c']],
      ['every message', reporting('id-a', 'id-b', 'id-c'), []],
      ['none by an empty list', reporting(), ['a', 'b', 'c']],
      ['none by null for a list', () => ({ batchItemFailures: null }), ['a', 'b', 'c']],
      ['none by an empty object', () => ({}), ['a', 'b', 'c']],
      ['none by null', () => null, ['a', 'b', 'c']],
      ['all by an empty identifier', reporting('id-a', ''), []],
      ['all by null for an identifier', reporting(null), []],
      ['all by an unknown message', reporting('id-x'), []],
      ['all by a wrong key', () => ({ batchItemFailures: [{ messageId: 'id-a' }] }), []],
      ['all by an entry of null', () => ({ batchItemFailures: [null] }), []],
      ['all by something else for a list', () => ({ batchItemFailures: 'id-a' }), []],
      ['all by a text', () => 'done', []],
    ])('deletes the others when it names %s', async (_case, behave, expected) => {
      const { send, clock, deleted } = aQueueMapping(behave, { reportBatchItemFailures: true });

      send('a', 'b', 'c');
      await clock.advance(0);

      expect(deleted).toEqual(expected);
    });

    test('deletes all without that setting, whatever it names', async () => {
      const { send, clock, deleted } = aQueueMapping(reporting('id-b'));

      send('a', 'b');
      await clock.advance(0);

      expect(deleted).toEqual(['a', 'b']);
    });
  });

  test('deletes what no filter lets pass, and does not count it for the batch', async () => {
    const filters = ['{"body":{"n":[1]}}', '{"body":{"n":[2]}}'];
    const { send, clock, batches, deleted } = aQueueMapping(undefined, { filters, batchSize: 2 });

    send('{"n":3}', '{"n":4}', '{"n":1}', 'text', '{"n":2}');
    await clock.advance(0);

    expect(batches).toEqual([['{"n":1}'], ['{"n":2}']]);
    expect([...deleted].sort()).toEqual(['text', '{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'].sort());
  });

  test('calls a throttled function again with the same batch, with growing pauses, and loses nothing', async () => {
    const throttle = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    const refuseTwice = (_bodies: string[], call: number) => {
      if (call <= 2) throw Object.assign(new Refusal(), { cause: throttle });
    };
    const { send, clock, batches, deleted, callCount } = aQueueMapping(refuseTwice);

    send('a');
    await clock.advance(499);
    const counts = [callCount()];
    for (const pauseMs of [1, 999, 1]) {
      await clock.advance(pauseMs);
      counts.push(callCount());
    }

    expect(counts).toEqual([1, 2, 2, 3]);
    expect([batches, deleted]).toEqual([[['a']], ['a']]);
  });

  test('gives a batch up when others can receive it again', async () => {
    const refuse = () => {
      throw new Refusal();
    };
    const { send, clock, callCount, deleted } = aQueueMapping(refuse, { visibilityTimeoutSeconds: 10 });

    send('a');
    await clock.advance(10_000);
    const calls = callCount();
    await clock.advance(600_000);

    expect([calls, callCount(), deleted]).toEqual([5, 5, []]);
  });

  test.each(['receive', 'delete'])('tries again when it cannot %s', async (request) => {
    const { send, clock, batches, deleted, failing } = aQueueMapping();
    failing.add(request);
    send('a');
    await clock.advance(400);

    failing.clear();
    await clock.advance(100);

    expect([batches, deleted]).toEqual([[['a']], ['a']]);
  });

  test('closes after its running invocations ended, and deletes their messages', async () => {
    const ends: Array<() => void> = [];
    const wait = () => new Promise<void>((resolve) => ends.push(resolve));
    const { send, clock, mapping, deleted, listeners, visible } = aQueueMapping(wait, { batchSize: 1 });
    send('a');
    await clock.advance(0);
    let isClosed = false;

    const closing = mapping.close().then(() => {
      isClosed = true;
    });
    send('b');
    await clock.advance(0);
    const before = isClosed;
    ends[0]?.();
    await closing;

    expect([before, deleted, listeners.size, visible.length]).toEqual([false, ['a'], 0, 1]);
  });

  test('closes at once while it waits to call a throttled function again', async () => {
    const { send, clock, mapping, callCount } = aQueueMapping(() => {
      throw new Refusal();
    });
    send('a');
    await clock.advance(0);

    await mapping.close();

    expect(callCount()).toBe(1);
  });
});
