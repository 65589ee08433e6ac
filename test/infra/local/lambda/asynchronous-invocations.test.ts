import { AwsError } from '../../../../infra/local/aws-error';
import type { Delivery } from '../../../../infra/local/delivery';
import {
  type AsynchronousConfig,
  AsynchronousInvocations,
} from '../../../../infra/local/lambda/asynchronous-invocations';
import type { FunctionTarget } from '../../../../infra/local/lambda/function-table';
import type { InvokeResult } from '../../../../infra/local/lambda/invoker';
import { type ManualClock, manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { aFunction } from './a-function';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:f';
const QUEUE = 'arn:aws:sqs:eu-central-1:123456789012:failed';
const DEAD = 'arn:aws:sqs:eu-central-1:123456789012:dead';
const MINUTE = 60_000;

/** What an attempt does: answers, throws to fail, or throws an `AwsError` not to run at all. */
type Behaviour = (attempt: number, payload: string) => unknown;

const opened: AsynchronousInvocations[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** The queue of a function `f` with its surroundings. `attemptedAt` are the seconds since noon of each attempt. */
function aQueue(
  behave: Behaviour = () => 'done',
  config: Partial<AsynchronousConfig> = {},
  earlier: {
    clock?: ManualClock;
    store?: ReturnType<typeof memoryStore>;
    definition?: object;
    deliver?: () => Promise<void>;
    isGone?: boolean;
    qualifier?: string;
  } = {},
) {
  const { clock = manualClock(NOON), store = memoryStore(), qualifier } = earlier;
  const attemptedAt: number[] = [];
  const requestIds = new Set<string>();
  const delivered: Delivery[] = [];
  const lost: Delivery[] = [];
  const definition = aFunction('', { deadLetterArn: DEAD, ...earlier.definition });
  const invokedArn = qualifier === undefined ? ARN : `${ARN}:${qualifier}`;
  const target: FunctionTarget = {
    definition,
    version: qualifier === undefined ? '$LATEST' : '1',
    qualifier,
    invokedArn,
  };
  const queue = new AsynchronousInvocations({
    clock,
    store,
    deliver: async (delivery) => {
      await earlier.deliver?.();
      delivered.push(delivery);
    },
    onDeliveryFailure: (_, delivery) => lost.push(delivery),
    findTarget: () => (earlier.isGone ? undefined : target),
    attempt: async (_, { requestId, payload }): Promise<InvokeResult> => {
      attemptedAt.push((clock.now() - NOON) / 1000);
      requestIds.add(requestId);
      const result = { statusCode: 200, executedVersion: target.version, requestId } as const;
      try {
        return { ...result, payload: JSON.stringify(await behave(attemptedAt.length, payload)) };
      } catch (error) {
        if (error instanceof AwsError) throw error;
        const document = { errorType: 'Error', errorMessage: (error as Error).message };
        return { ...result, payload: JSON.stringify(document), functionError: 'Unhandled' };
      }
    },
  });
  queue.configure({ functionName: 'f', ...config });
  opened.push(queue);
  return { queue, clock, store, attemptedAt, requestIds, delivered, lost, target };
}

const fails: Behaviour = () => {
  throw new Error('broken');
};
const throttles: Behaviour = () => {
  throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
};
const conditionsOf = (deliveries: Delivery[]) =>
  deliveries
    .filter(({ targetArn }) => targetArn === QUEUE)
    .map(({ payload }) => JSON.parse(payload).requestContext.condition);

describe('an asynchronous invocation', () => {
  test('is kept before it is accepted, run once, and then forgotten', async () => {
    const { queue, store, target, clock, attemptedAt, requestIds, delivered } = aQueue();

    const accepting = queue.accept(target, '{"n":1}');
    await Promise.resolve();
    const keptBefore = await store.list('asynchronous/');
    const requestId = await accepting;
    await clock.advance(0);

    expect(keptBefore).toHaveLength(1);
    expect(attemptedAt).toEqual([0]);
    expect([...requestIds]).toEqual([requestId]);
    expect(await store.list('asynchronous/')).toEqual([]);
    expect(delivered).toEqual([]);
  });

  test('that fails is tried after one and two more minutes under the same request id, then is a dead letter', async () => {
    const { queue, store, target, clock, attemptedAt, requestIds, delivered } = aQueue(fails, { onFailureArn: QUEUE });

    const requestId = await queue.accept(target, '{"n":1}');
    await clock.advance(10 * MINUTE);

    expect(attemptedAt).toEqual([0, 60, 180]);
    expect([...requestIds]).toEqual([requestId]);
    const source = { service: 'lambda', arn: ARN, roleArn: 'arn:aws:iam::123456789012:role/f' };
    expect(delivered).toEqual([
      { targetArn: QUEUE, source, payload: expect.any(String) },
      {
        targetArn: DEAD,
        source,
        payload: '{"n":1}',
        messageAttributes: {
          RequestID: { DataType: 'String', StringValue: requestId },
          ErrorCode: { DataType: 'Number', StringValue: '200' },
          ErrorMessage: { DataType: 'String', StringValue: 'broken' },
        },
      },
    ]);
    expect(JSON.parse(delivered[0]?.payload ?? '')).toEqual({
      version: '1.0',
      timestamp: '2031-05-06T12:03:00.000Z',
      requestContext: {
        requestId,
        functionArn: `${ARN}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'broken' },
    });
    expect(await store.list('asynchronous/')).toEqual([]);
  });

  test('that succeeds gives its record to the success destination', async () => {
    const { queue, target, clock, delivered } = aQueue(
      (attempt) => (attempt === 1 ? fails(1, '') : { paid: true }),
      { onSuccessArn: QUEUE, onFailureArn: DEAD, qualifier: 'live' },
      { qualifier: 'live' },
    );

    const requestId = await queue.accept(target, '[]');
    await clock.advance(MINUTE);

    expect(delivered.map(({ targetArn }) => targetArn)).toEqual([QUEUE]);
    expect(JSON.parse(delivered[0]?.payload ?? '')).toEqual({
      version: '1.0',
      timestamp: '2031-05-06T12:01:00.000Z',
      requestContext: { requestId, functionArn: `${ARN}:live`, condition: 'Success', approximateInvokeCount: 2 },
      requestPayload: [],
      responseContext: { statusCode: 200, executedVersion: '1' },
      responsePayload: { paid: true },
    });
  });

  test.each([
    [0, [0]],
    [1, [0, 60]],
    [2, [0, 60, 180]],
  ])('is retried %d times if its configuration says so', async (maximumRetryAttempts, expected) => {
    const { queue, target, clock, attemptedAt } = aQueue(fails, { maximumRetryAttempts });

    await queue.accept(target, '{}');
    await clock.advance(10 * MINUTE);

    expect(attemptedAt).toEqual(expected);
  });

  test('that is throttled is tried with growing pauses, which use up no retry, for six hours', async () => {
    const { queue, target, clock, attemptedAt, delivered } = aQueue(throttles, { onFailureArn: QUEUE });

    const requestId = await queue.accept(target, '{}');
    await clock.advance(7 * 60 * MINUTE);

    expect(attemptedAt.slice(0, 11)).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811]);
    expect(attemptedAt.at(-1)).toBeGreaterThan(21_600 - 301);
    expect(attemptedAt.at(-1)).toBeLessThan(21_600);
    expect(conditionsOf(delivered)).toEqual(['EventAgeExceeded']);
    expect(JSON.parse(delivered[0]?.payload ?? '')).toMatchObject({
      requestContext: { requestId, approximateInvokeCount: 0 },
      responseContext: { statusCode: 429 },
    });
    expect(delivered[1]?.messageAttributes).toMatchObject({
      ErrorCode: { StringValue: '429' },
      ErrorMessage: { StringValue: 'Rate Exceeded.' },
    });
  });

  test('is run once the throttling ends', async () => {
    const { queue, target, clock, attemptedAt, delivered } = aQueue(
      (attempt) => (attempt < 3 ? throttles(1, '') : 'done'),
      { onSuccessArn: QUEUE },
    );

    await queue.accept(target, '{}');
    await clock.advance(MINUTE);

    expect(attemptedAt).toEqual([0, 1, 3]);
    expect(conditionsOf(delivered)).toEqual(['Success']);
  });

  test('is given up as soon as its next retry would come after its age', async () => {
    const { queue, target, clock, attemptedAt, delivered } = aQueue(fails, {
      onFailureArn: QUEUE,
      maximumEventAgeSeconds: 90,
    });

    await queue.accept(target, '{}');
    await clock.advance(MINUTE);

    expect(attemptedAt).toEqual([0, 60]);
    expect(conditionsOf(delivered)).toEqual(['EventAgeExceeded']);
  });

  test('that became too old while the room was closed is not run', async () => {
    const first = aQueue();
    await first.queue.close();
    await first.queue.accept(first.target, '{}');
    await first.clock.advance(360 * MINUTE);
    const { queue, clock, attemptedAt, delivered } = aQueue(fails, { onFailureArn: QUEUE }, first);

    await queue.resume();
    await clock.advance(0);

    expect(attemptedAt).toEqual([]);
    expect(conditionsOf(delivered)).toEqual(['EventAgeExceeded']);
  });

  test('begins with short pauses again when it is throttled after it ran', async () => {
    const { queue, target, clock, attemptedAt } = aQueue((attempt) =>
      attempt === 2 ? fails(2, '') : throttles(1, ''),
    );

    await queue.accept(target, '{}');
    await clock.advance(63_000);

    expect(attemptedAt).toEqual([0, 1, 61, 62]);
  });

  test('goes on after a restart, where and when it was', async () => {
    const first = aQueue(fails);
    const requestId = await first.queue.accept(first.target, '{"n":7}');
    await first.clock.advance(30_000);
    const payloads: string[] = [];
    const second = aQueue((_, payload) => payloads.push(payload), {}, { clock: first.clock, store: first.store });

    await second.queue.resume();
    await first.queue.close();
    await first.clock.advance(29_000);
    const before = [...second.attemptedAt];
    await first.clock.advance(1_000);

    expect(before).toEqual([]);
    expect(second.attemptedAt).toEqual([60]);
    expect([...second.requestIds]).toEqual([requestId]);
    expect(payloads).toEqual(['{"n":7}']);
    expect(first.attemptedAt).toEqual([0]);
  });

  test('that was running when the room closed is run again at the next start', async () => {
    const first = aQueue(() => new Promise(() => {}));
    await first.queue.accept(first.target, '{}');
    const second = aQueue(() => 'done', {}, { clock: first.clock, store: first.store });

    await second.queue.resume();
    await first.clock.advance(0);

    expect(second.attemptedAt).toEqual([0]);
    opened.splice(opened.indexOf(first.queue), 1);
  });

  test('of a function that is gone is dropped', async () => {
    const { queue, target, clock, store, attemptedAt } = aQueue(fails, {}, { isGone: true });

    await queue.accept(target, '{}');
    await clock.advance(0);

    expect(attemptedAt).toEqual([]);
    expect(await store.list('asynchronous/')).toEqual([]);
  });

  test.each([
    [2, 1, 0],
    [3, 0, 1],
  ])('whose record is refused %d times delivers %d and loses %d', async (refusals, deliveredCount, lostCount) => {
    let calls = 0;
    const deliver = async () => {
      calls += 1;
      if (calls <= refusals) throw new AwsError('AccessDenied', 'no', 403);
    };
    const parts = aQueue(() => 'done', { onSuccessArn: QUEUE }, { deliver });

    await parts.queue.accept(parts.target, '{}');
    await parts.clock.advance(MINUTE);

    expect(parts.attemptedAt).toEqual([0]);
    expect(parts.delivered).toHaveLength(deliveredCount);
    expect(parts.lost).toHaveLength(lostCount);
    expect(await parts.store.list('asynchronous/')).toEqual([]);
  });

  test('whose dead letter is refused once does not deliver its record twice', async () => {
    let calls = 0;
    const deliver = async () => {
      calls += 1;
      if (calls === 2) throw new AwsError('AccessDenied', 'no', 403);
    };
    const parts = aQueue(fails, { onFailureArn: QUEUE, maximumRetryAttempts: 0 }, { deliver });

    await parts.queue.accept(parts.target, '{}');
    await parts.clock.advance(MINUTE);

    expect(parts.delivered.map(({ targetArn }) => targetArn)).toEqual([QUEUE, DEAD]);
  });

  test('survives a storage that fails for a moment', async () => {
    const store = memoryStore();
    const { write } = store;
    const parts = aQueue(() => 'done', {}, { store });
    await parts.queue.accept(parts.target, '{}');
    store.write = async () => {
      store.write = write;
      throw new Error('the disk is full');
    };

    await parts.clock.advance(MINUTE);

    expect(parts.attemptedAt).toEqual([0, 1]);
    expect(await store.list('asynchronous/')).toEqual([]);
  });
});
