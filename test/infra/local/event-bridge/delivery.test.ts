import { AwsError } from '../../../../infra/local/aws-error';
import { anEntry, aRoom, aRule, BUS_ARN, DEAD_LETTERS_ARN, FUNCTION_ARN, put } from './a-room';

const withQueue = { DeadLetterConfig: { Arn: DEAD_LETTERS_ARN } };
const broken = () => {
  throw new AwsError('ServiceException', 'the function is broken', 500);
};

describe('a delivery that fails', () => {
  it('is tried again until it succeeds', async () => {
    const { room, clock, delivered, deadLetters } = aRoom({
      target: (_delivery, attempt) => {
        if (attempt <= 2) broken();
      },
    });
    room.createRule(aRule([withQueue]));

    await put(room, anEntry());
    await clock.advance(2999);
    expect(delivered).toHaveLength(0);
    await clock.advance(1);

    expect(delivered).toHaveLength(1);
    expect(deadLetters).toEqual([]);
  });

  it('becomes a dead letter when its attempts are used up', async () => {
    const { room, clock, payloads, deadLetters } = aRoom({ target: broken });
    room.createRule(aRule([{ ...withQueue, RetryPolicy: { MaximumRetryAttempts: 2 }, InputPath: '$.detail' }]));

    await put(room, anEntry({ orderId: 'o-1' }));
    await clock.advance(10_000);

    expect(payloads()).toEqual([]);
    expect(deadLetters).toEqual([
      {
        queueArn: DEAD_LETTERS_ARN,
        body: expect.stringContaining('"detail":{"orderId":"o-1"}'),
        attributes: {
          RULE_ARN: 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders',
          TARGET_ARN: FUNCTION_ARN,
          ERROR_CODE: 'ERROR_FROM_TARGET',
          ERROR_MESSAGE: 'the function is broken',
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
          RETRY_ATTEMPTS: '2',
        },
        source: { service: 'events', arn: 'arn:aws:events:eu-west-1:123456789012:rule/shop/orders' },
      },
    ]);
  });

  it('becomes a dead letter when it would get too old', async () => {
    const { room, clock, deadLetters } = aRoom({ target: broken });
    room.createRule(aRule([{ ...withQueue, RetryPolicy: { MaximumEventAgeInSeconds: 60 } }]));

    await put(room, anEntry());
    await clock.advance(60_000);

    expect(deadLetters).toHaveLength(1);
    expect(deadLetters[0]?.attributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: '5',
    });
  });

  it.each([
    ['AccessDeniedException', 403, 'NO_PERMISSIONS'],
    ['ResourceNotFoundException', 404, 'NO_RESOURCE'],
    ['QueueDoesNotExist', 400, 'NO_RESOURCE'],
    ['ExecutionAlreadyExists', 400, 'RESOURCE_ALREADY_EXISTS'],
    ['ValidationException', 400, 'SDK_CLIENT_ERROR'],
  ])('becomes a dead letter at once for %s', async (code, status, errorCode) => {
    const { room, clock, deadLetters } = aRoom({
      target: () => {
        throw new AwsError(code, 'no', status);
      },
    });
    room.createRule(aRule([withQueue]));

    await put(room, anEntry());
    await clock.advance(0);

    expect(deadLetters).toHaveLength(1);
    expect(deadLetters[0]?.attributes).toEqual({
      RULE_ARN: expect.any(String),
      TARGET_ARN: FUNCTION_ARN,
      ERROR_CODE: errorCode,
      ERROR_MESSAGE: 'no',
      RETRY_ATTEMPTS: '0',
    });
  });

  it.each([
    ['throttling', new AwsError('ThrottlingException', 'slow', 400), 'THROTTLING'],
    ['too many requests', new AwsError('TooManyRequestsException', 'slow', 400), 'THROTTLING'],
    ['status 429', new AwsError('Busy', 'slow', 429), 'THROTTLING'],
    ['a time-out', new AwsError('RequestTimeout', 'late', 503), 'TIMEOUT'],
    ['no answer at all', new Error('connection lost'), 'INTERNAL_ERROR'],
  ])('is tried again after %s', async (_what, error, errorCode) => {
    const { room, clock, deadLetters, ...rest } = aRoom({
      target: () => {
        throw error;
      },
    });
    room.createRule(aRule([{ ...withQueue, RetryPolicy: { MaximumRetryAttempts: 1 } }]));

    await put(room, anEntry());
    await clock.advance(0);
    expect(deadLetters).toEqual([]);
    await clock.advance(1000);

    expect(rest.delivered).toEqual([]);
    expect(deadLetters[0]?.attributes).toMatchObject({ ERROR_CODE: errorCode, RETRY_ATTEMPTS: '1' });
  });

  it('becomes a dead letter when its input cannot be made', async () => {
    const { room, clock, delivered, deadLetters } = aRoom();
    const InputTransformer = { InputPathsMap: { all: '$.detail' }, InputTemplate: '{"all": "<all>"}' };
    room.createRule(aRule([{ ...withQueue, InputTransformer }]));

    await put(room, anEntry());
    await clock.advance(0);

    expect(delivered).toEqual([]);
    expect(deadLetters[0]?.attributes).toMatchObject({ ERROR_CODE: 'INVALID_JSON', RETRY_ATTEMPTS: '0' });
  });

  it('is dropped and reported when there is no dead-letter queue', async () => {
    const { room, clock, errors } = aRoom();
    room.createRule(aRule([{ Arn: BUS_ARN.replace('shop', 'gone') }]));

    await put(room, anEntry());
    await clock.advance(0);

    expect(errors).toEqual([expect.stringMatching(/^delivery of .*rule\/shop\/orders to .*gone: Event bus gone does/)]);
  });

  it('is dropped and reported when the dead-letter queue does not take it', async () => {
    const deadLetterQueue = () => {
      throw new AwsError('AccessDeniedException', 'not allowed', 403);
    };
    const first = aRoom({ target: broken, deadLetterQueue });
    first.room.createRule(aRule([{ ...withQueue, RetryPolicy: { MaximumRetryAttempts: 0 } }]));

    await put(first.room, anEntry());
    await first.clock.advance(0);
    await first.room.close();
    const second = aRoom({ store: first.store, clock: first.clock });
    await second.room.resume();
    await second.clock.advance(0);

    expect(first.errors).toEqual([expect.stringMatching(/^dead letter of delivery of .*: not allowed$/)]);
    expect(second.delivered).toEqual([]);
  });

  it('keeps its attempts and its time over a restart', async () => {
    const first = aRoom({ target: broken });
    first.room.createRule(aRule([{ ...withQueue, RetryPolicy: { MaximumRetryAttempts: 3 } }]));
    await put(first.room, anEntry());
    await first.clock.advance(1000);
    await first.room.close();

    const second = aRoom({ store: first.store, clock: first.clock, target: broken });
    await second.room.resume();
    await second.clock.advance(1999);
    expect(second.attempts).toBe(0);
    await second.clock.advance(1);
    expect(second.attempts).toBe(1);
    await second.clock.advance(4000);

    expect(second.deadLetters[0]?.attributes).toMatchObject({ RETRY_ATTEMPTS: '3' });
  });

  it('stays in the store until the target has the event', async () => {
    const first = aRoom();
    const pending: number[] = [];
    const second = aRoom({
      ...first,
      target: () => {
        void first.store.list('pending/').then((entries) => pending.push(entries.length));
      },
    });
    second.room.createRule(aRule());

    await put(second.room, anEntry());
    await second.clock.advance(0);

    expect(pending).toEqual([1]);
    expect(await first.store.list('pending/')).toEqual([]);
  });

  it('does not hold up the other targets', async () => {
    const { room, clock, delivered } = aRoom({
      target: ({ targetArn }) => {
        if (targetArn === FUNCTION_ARN) broken();
      },
    });
    room.createRule(aRule([{}, { Arn: `${FUNCTION_ARN}-too` }]));

    await put(room, anEntry());
    await clock.advance(0);

    expect(delivered.map(({ targetArn }) => targetArn)).toEqual([`${FUNCTION_ARN}-too`]);
  });
});
