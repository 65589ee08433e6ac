import { AwsError } from '../../../../infra/local/aws-error';
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

  test('takes what is in the queue when it starts, and asks only when there is news', async () => {
    const { send, clock, requests } = aQueueMapping();
    await clock.advance(600_000);
    const idle = [...requests];

    send('a');
    await clock.advance(600_000);

    expect(idle).toEqual(['receive 10']);
    expect(requests.slice(1)).toEqual(['receive 10', 'receive 10', 'delete 1']);
  });

  test('gathers messages for its window, and no longer once the batch is full', async () => {
    const window = { batchSize: 25, maximumBatchingWindowSeconds: 5 };
    const { send, clock, batches, requests } = aQueueMapping(undefined, window);

    send('a');
    await clock.advance(4_999);
    const before = [...batches];
    await clock.advance(1);
    send(...numbered(26));
    await clock.advance(0);
    const full = [...batches];
    await clock.advance(5_000);

    expect(before).toEqual([]);
    expect(full).toEqual([['a'], numbered(25)]);
    expect(batches[2]).toEqual(['25']);
    expect(requests).toContain('receive 5');
  });

  test('leaves what makes an event larger than 6 MB for the next one', async () => {
    const { send, clock, batches } = aQueueMapping();
    const bodies = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => letter.repeat(1_000_000));

    send(...bodies);
    await clock.advance(0);

    expect(batches.map(({ length }) => length)).toEqual([6, 1]);
    expect(batches.flat()).toEqual(bodies);
  });

  test.each([
    [undefined, 5],
    [2, 2],
  ])('runs with a maximum concurrency of %s at most %s invocations at once', async (maximumConcurrency, most) => {
    const ends: Array<() => void> = [];
    const wait = () => new Promise<void>((resolve) => ends.push(resolve));
    const { send, clock, batches, visible } = aQueueMapping(wait, { batchSize: 1, maximumConcurrency });

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

  test.each([
    ['fewer invocations at once after failures, and more again after successes', false, 1, 3],
    ['as many invocations at once after failures if it reports them one by one', true, 5, 5],
  ])('runs %s', async (_case, reportBatchItemFailures, afterFailures, afterSuccess) => {
    let isFailing = true;
    const ends: Array<() => void> = [];
    const behave = async () => {
      if (isFailing) throw new Error('bad');
      await new Promise<void>((resolve) => ends.push(resolve));
    };
    const { send, clock } = aQueueMapping(behave, { batchSize: 1, reportBatchItemFailures });
    send('a', 'b', 'c');
    await clock.advance(0);

    isFailing = false;
    send(...numbered(5));
    await clock.advance(0);
    const atOnce = ends.length;
    ends[0]?.();
    await clock.advance(0);

    expect([atOnce, ends.length]).toEqual([afterFailures, afterSuccess]);
    for (let end = 0; end < 5; end += 1) {
      ends[end]?.();
      await clock.advance(0);
    }
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

  test('hands over what it has gathered when it closes', async () => {
    const { send, clock, mapping, batches } = aQueueMapping(undefined, { maximumBatchingWindowSeconds: 300 });
    send('a');
    await clock.advance(1_000);

    await mapping.close();

    expect(batches).toEqual([['a']]);
  });

  test.each([
    [{ batchSize: 0 }, 'batchSize must be 1 to 10000, got 0'],
    [{ batchSize: 10_001 }, 'batchSize must be 1 to 10000, got 10001'],
    [{ batchSize: 11 }, 'maximumBatchingWindowSeconds must be 1 to 300 with a batch size of more than 10, got 0'],
    [{ maximumBatchingWindowSeconds: 301 }, 'maximumBatchingWindowSeconds must be 0 to 300, got 301'],
    [{ maximumConcurrency: 1 }, 'maximumConcurrency must be 2 to 1000, got 1'],
    [{ maximumConcurrency: 1_001 }, 'maximumConcurrency must be 2 to 1000, got 1001'],
    [{ filters: Array<string>(6).fill('{"body":["x"]}') }, 'filters must be at most 5 patterns'],
  ])('is refused with %o', (overrides, message) => {
    expect(() => aQueueMapping(undefined, overrides)).toThrow(`event source mapping mapping-1: ${message}`);
  });
});
