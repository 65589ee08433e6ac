import { aMapping, closeMappings, failing, NOON, reporting } from './a-mapping';
import { aRecord, QUEUE_ARN, STREAM_ARN } from './a-stream';

describe('the delivery of a batch of stream records', () => {
  afterEach(closeMappings);

  test('repeats a failed batch with growing pauses, and later records wait for it', async () => {
    const { write, clock, batches } = aMapping((_numbers, call) => {
      if (call <= 3) throw new Error('not yet');
    });
    const times: number[] = [];
    write(1);
    await clock.advance(0);
    write(2);

    for (let elapsedMs = 0; elapsedMs < 5_000; elapsedMs += 100) {
      const count = batches.length;
      await clock.advance(100);
      if (batches.length > count) times.push(clock.now() - NOON);
    }

    expect(batches).toEqual([[1], [1], [1], [1], [2]]);
    expect(times).toEqual([500, 1_500, 3_500]);
  });

  test.each([['f:live'], ['arn:aws:lambda:eu-central-1:123456789012:function:f:live']])(
    'names the alias in the message when the function is mapped as %s',
    async (functionName) => {
      const { write, clock, sent } = aMapping(failing(1), {
        functionName,
        maximumRetryAttempts: 0,
        onFailureQueueArn: QUEUE_ARN,
      });

      write(1);
      await clock.advance(0);

      expect(JSON.parse(sent[0]!.body).requestContext.functionArn).toBe(
        'arn:aws:lambda:eu-central-1:123456789012:function:f:live',
      );
    },
  );

  test('tells the queue about a batch whose retries are used up, and goes on', async () => {
    const { write, clock, batches, sent } = aMapping(failing(2), {
      maximumRetryAttempts: 1,
      onFailureQueueArn: QUEUE_ARN,
    });

    write(1, 2);
    await clock.advance(500);
    write(3);
    await clock.advance(0);

    expect(batches).toEqual([[1, 2], [1, 2], [3]]);
    expect(sent.map(({ queueArn }) => queueArn)).toEqual([QUEUE_ARN]);
    expect(JSON.parse(sent[0]!.body)).toEqual({
      requestContext: {
        requestId: 'f-2',
        functionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:f',
        condition: 'RetryAttemptsExhausted',
        approximateInvokeCount: 2,
      },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      version: '1.0',
      timestamp: '2031-05-06T12:00:00.500Z',
      DDBStreamBatchInfo: {
        shardId: expect.stringMatching(/^shardId-/),
        startSequenceNumber: '000000000000000000001',
        endSequenceNumber: '000000000000000000002',
        approximateArrivalOfFirstRecord: '2031-05-06T12:00:00Z',
        approximateArrivalOfLastRecord: '2031-05-06T12:00:00Z',
        batchSize: 2,
        streamArn: STREAM_ARN,
      },
    });
  });

  test('halves a failed batch until the bad record is alone, without using up retries', async () => {
    const { write, clock, batches, sent } = aMapping(failing(3), {
      maximumRetryAttempts: 0,
      bisectBatchOnFunctionError: true,
      onFailureQueueArn: QUEUE_ARN,
    });

    write(1, 2, 3, 4);
    await clock.advance(0);

    expect(batches).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]]);
    expect(sent.map(({ body }) => JSON.parse(body).DDBStreamBatchInfo.startSequenceNumber)).toEqual([
      '000000000000000000003',
    ]);
  });

  test('repeats from the lowest record that the function reports as failed', async () => {
    const { write, clock, batches } = aMapping(
      (numbers, call) => (call === 1 ? reporting(4, 3)(numbers) : { batchItemFailures: [] }),
      { reportBatchItemFailures: true },
    );

    write(1, 2, 3, 4, 5);
    await clock.advance(500);

    expect(batches).toEqual([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
    ]);
  });

  test('keeps the position before a reported record also when it is closed before the retry', async () => {
    const first = aMapping(reporting(3), { reportBatchItemFailures: true });
    first.write(1, 2, 3);
    await first.clock.advance(0);
    await first.mapping.close();

    const second = aMapping(undefined, {}, first);
    await second.clock.advance(0);

    expect(second.batches).toEqual([[3]]);
  });

  test('counts reported failures against the retries', async () => {
    const { write, clock, batches, sent } = aMapping(reporting(2), {
      reportBatchItemFailures: true,
      maximumRetryAttempts: 1,
      onFailureQueueArn: QUEUE_ARN,
    });

    write(1, 2);
    await clock.advance(500);

    expect(batches).toEqual([[1, 2], [2]]);
    expect(JSON.parse(sent[0]!.body)).toMatchObject({
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      DDBStreamBatchInfo: { batchSize: 1, startSequenceNumber: '000000000000000000002' },
    });
  });

  test('uses up no retry by splitting at the reported record when it bisects', async () => {
    const { write, clock, batches, sent } = aMapping(reporting(2), {
      reportBatchItemFailures: true,
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 1,
      onFailureQueueArn: QUEUE_ARN,
    });

    write(1, 2);
    await clock.advance(500);

    expect(batches).toEqual([[1, 2], [2], [2]]);
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['an unknown record', { batchItemFailures: [{ itemIdentifier: '9' }] }],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['no identifier', { batchItemFailures: [{ id: '1' }] }],
    ['something that is no list', { batchItemFailures: 'all' }],
    ['no report', 'fine'],
  ])('takes a response with %s for the failure of the whole batch', async (_case, response) => {
    const { write, clock, batches } = aMapping((_numbers, call) => (call === 1 ? response : {}), {
      reportBatchItemFailures: true,
    });

    write(1, 2);
    await clock.advance(500);

    expect(batches).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('gives up records that grew too old, and says so', async () => {
    const { write, clock, batches, sent } = aMapping(failing(1), {
      maximumRecordAgeSeconds: 60,
      onFailureQueueArn: QUEUE_ARN,
    });
    write(1);
    await clock.advance(30_000);
    write(2);

    await clock.advance(60_000);

    expect(batches.slice(0, -1).every((numbers) => numbers.join() === '1')).toBe(true);
    expect(batches.at(-1)).toEqual([2]);
    expect(JSON.parse(sent[0]!.body).requestContext).toMatchObject({
      condition: 'RecordAgeExceeded',
      approximateInvokeCount: batches.length - 1,
    });
    expect(sent).toHaveLength(1);
  });

  test('never hands over what is older than the 24 hours of a stream', async () => {
    const { stream, clock, batches, sent } = aMapping(undefined, { onFailureQueueArn: QUEUE_ARN });

    stream.write(aRecord(1, NOON - 86_401_000), aRecord(2, NOON - 86_399_000));
    await clock.advance(0);

    expect(batches).toEqual([[2]]);
    expect(JSON.parse(sent[0]!.body)).not.toHaveProperty('responseContext');
  });

  test('uses up no retry when the function cannot be invoked at all', async () => {
    const { write, clock, batches, sent } = aMapping(
      undefined,
      { maximumRetryAttempts: 0, onFailureQueueArn: QUEUE_ARN },
      { refusedCalls: 3 },
    );

    write(1);
    await clock.advance(3_500);

    expect(batches).toEqual([[1]]);
    expect(sent).toEqual([]);
  });

  test('splits a batch whose event would be larger than 6 MB', async () => {
    const { stream, clock, batches } = aMapping();
    const large = [1, 2, 3].map((number) => {
      const record = aRecord(number, NOON);
      const NewImage = { id: { S: `item-${number}` }, text: { S: 'x'.repeat(3_000_000) } };
      return { ...record, dynamodb: { ...record.dynamodb, NewImage } };
    });

    stream.write(...large);
    await clock.advance(0);

    expect(batches).toEqual([[1, 2], [3]]);
  });

  test('repeats the message to the queue until it is sent', async () => {
    const away = { isQueueAway: true };
    const { write, clock, sent, batches } = aMapping(
      failing(1),
      { maximumRetryAttempts: 0, onFailureQueueArn: QUEUE_ARN },
      away,
    );
    write(1);
    await clock.advance(0);
    const sentWhileAway = sent.length;

    away.isQueueAway = false;
    await clock.advance(500);

    expect(batches).toEqual([[1]]);
    expect(sentWhileAway).toBe(0);
    expect(sent).toHaveLength(1);
  });

  test('keeps records that it gave up but could not tell the queue about when it is closed', async () => {
    const first = aMapping(
      failing(1),
      { maximumRetryAttempts: 0, onFailureQueueArn: QUEUE_ARN },
      { isQueueAway: true },
    );
    first.write(1);
    await first.clock.advance(0);
    await first.mapping.close();

    const second = aMapping(undefined, {}, { ...first, isQueueAway: false });
    await second.clock.advance(0);

    expect(first.batches).toEqual([[1]]);
    expect(second.batches).toEqual([[1]]);
  });
});
