import { aRoom, arnOf } from './a-room';

type Call = Awaited<ReturnType<typeof aRoom>>['call'];

/** Three dead letters: two of one queue, one of another. */
async function aDeadLetterQueue(options: { isEmpty?: boolean } = {}) {
  const redrivePolicy = { deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 };
  const room = await aRoom(
    { queueName: 'dead', messageRetentionSeconds: 86_400 },
    { queueName: 'work', redrivePolicy },
    { queueName: 'other', redrivePolicy },
    { queueName: 'plain' },
  );
  for (const [queueName, body] of options.isEmpty
    ? []
    : [
        ['work', 'a'],
        ['other', 'b'],
        ['work', 'c'],
      ]) {
    const name = String(queueName);
    await room.send(name, String(body), { MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } } });
    await room.receive(name, { VisibilityTimeout: 0 });
    await room.receive(name);
    await room.clock.advance(1);
  }
  return { ...room, start: (parameters = {}) => start(room.call, parameters), list: () => list(room.call) };
}

const SourceArn = arnOf('dead');
const start = async (call: Call, parameters: Record<string, unknown>) =>
  String((await call('StartMessageMoveTask', { SourceArn, ...parameters })).TaskHandle);
const list = async (call: Call) =>
  (await call('ListMessageMoveTasks', { SourceArn, MaxResults: 10 })).Results as Array<Record<string, unknown>>;

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
describe('a message move task', () => {
  test('brings each message back to the queue that it came from, as a new one', async () => {
    const room = await aDeadLetterQueue();
    const deadLetters = await room.store.list<{ messageId: string }>('message/dead/');

    await room.start();
    await room.clock.advance(0);

    expect(await room.counts('dead')).toEqual([0, 0, 0]);
    expect(await room.bodies('other')).toEqual(['b']);
    const work = await room.receive('work', { MessageAttributeNames: ['All'] });
    expect(work).toMatchObject([
      {
        Body: 'a',
        Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(room.clock.now()) },
        MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } },
      },
      { Body: 'c' },
    ]);
    expect(deadLetters.map(({ value }) => value.messageId)).not.toContain(work[0]?.MessageId);
    expect(work[0]?.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
    expect(await room.list()).toEqual([
      {
        Status: 'COMPLETED',
        SourceArn,
        ApproximateNumberOfMessagesMoved: 3,
        ApproximateNumberOfMessagesToMove: 3,
        StartedTimestamp: room.clock.now(),
      },
    ]);
  });

  test('brings all messages to the queue that it names, also those that were sent to the dead-letter queue', async () => {
    const room = await aDeadLetterQueue();
    await room.send('dead', 'd');

    await room.start({ DestinationArn: arnOf('plain') });
    await room.clock.advance(0);

    expect(await room.bodies('plain')).toEqual(['a', 'b', 'c', 'd']);
  });

  test('fails at a message that came from no queue, and leaves it where it is', async () => {
    const room = await aDeadLetterQueue();
    await room.send('dead', 'd');

    await room.start();
    await room.clock.advance(0);

    const failed = { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' };
    expect(await room.list()).toMatchObject([{ ...failed, ApproximateNumberOfMessagesMoved: 3 }]);
    expect(await room.bodies('dead')).toEqual(['d']);
  });

  test('leaves messages that are in flight', async () => {
    const room = await aDeadLetterQueue();
    await room.receive('dead', { MaxNumberOfMessages: 1 });

    await room.start();
    await room.clock.advance(0);

    expect(await room.counts('dead')).toEqual([0, 1, 0]);
    expect(await room.list()).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesToMove: 2 }]);
  });

  test('moves so many messages a second as it says, until it is cancelled', async () => {
    const room = await aDeadLetterQueue();
    const DestinationArn = arnOf('plain');
    const TaskHandle = await room.start({ DestinationArn, MaxNumberOfMessagesPerSecond: 1 });
    await room.clock.advance(1_999);
    const during = await room.list();

    const cancelled = await room.call('CancelMessageMoveTask', { TaskHandle });
    await room.clock.advance(10_000);

    const running = { Status: 'RUNNING', TaskHandle, DestinationArn, MaxNumberOfMessagesPerSecond: 1 };
    expect(during).toMatchObject([{ ...running, ApproximateNumberOfMessagesMoved: 2 }]);
    expect(cancelled).toEqual({ ApproximateNumberOfMessagesMoved: 2 });
    const after = await room.list();
    expect(after).toMatchObject([{ Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 2 }]);
    expect(after[0]).not.toHaveProperty('TaskHandle');
    expect([await room.bodies('plain'), await room.bodies('dead')]).toEqual([['a', 'b'], ['c']]);
  });

  test('goes on after a restart, and neither loses a message nor moves one twice', async () => {
    const room = await aDeadLetterQueue();
    await room.start({ MaxNumberOfMessagesPerSecond: 1 });
    await room.clock.advance(0);

    await room.reopen();
    await room.clock.advance(0);
    const during = await room.list();
    await room.clock.advance(3_000);

    expect(during).toMatchObject([{ Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 2 }]);
    expect(await room.list()).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 3 }]);
    expect([await room.bodies('work'), await room.bodies('other')]).toEqual([['a', 'c'], ['b']]);
  });

  test('stops when the room closes', async () => {
    const room = await aDeadLetterQueue();
    await room.start({ MaxNumberOfMessagesPerSecond: 1 });
    await room.clock.advance(0);

    await room.room().close();
    const writesBefore = room.store.writes;
    await room.clock.advance(10_000);

    expect(room.store.writes).toBe(writesBefore);
  });

  test('is listed with the newest first, and only the ten newest', async () => {
    const room = await aDeadLetterQueue({ isEmpty: true });
    const startedAt: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      startedAt.unshift(room.clock.now());
      await room.start();
      await room.clock.advance(1);
    }
    await room.reopen();

    expect((await room.list()).map(({ StartedTimestamp }) => StartedTimestamp)).toEqual(startedAt.slice(0, 10));
    expect(await room.call('ListMessageMoveTasks', { SourceArn })).toMatchObject({
      Results: [{ StartedTimestamp: startedAt[0] }],
    });
  });

  /** Codes and messages as AWS gives them. */
  test.each([
    ['StartMessageMoveTask', { SourceArn: arnOf('none') }, 'ResourceNotFoundException', 'for the SourceArn parameter'],
    [
      'StartMessageMoveTask',
      { SourceArn: arnOf('plain') },
      'InvalidParameterValue',
      'Source queue must be configured as a Dead Letter Queue.',
    ],
    [
      'StartMessageMoveTask',
      { SourceArn, DestinationArn: arnOf('none') },
      'ResourceNotFoundException',
      "The resource that you specified for the DestinationArn parameter doesn't exist.",
    ],
    [
      'StartMessageMoveTask',
      { SourceArn, MaxNumberOfMessagesPerSecond: 501 },
      'InvalidParameterValue',
      'between 1 and 500',
    ],
    ['StartMessageMoveTask', { SourceArn }, 'InvalidParameterValue', 'There is already a task running.'],
    ['ListMessageMoveTasks', { SourceArn, MaxResults: 11 }, 'InvalidParameterValue', 'between 1 and 10'],
    ['CancelMessageMoveTask', {}, 'MissingParameter', 'TaskHandle'],
    [
      'CancelMessageMoveTask',
      { TaskHandle: 'nonsense' },
      'InvalidParameterValue',
      'Value for parameter TaskHandle is invalid.',
    ],
    [
      'CancelMessageMoveTask',
      { TaskHandle: '00000000-0000-4000-8000-000000000000' },
      'ResourceNotFoundException',
      'Task does not exist.',
    ],
  ])('is refused by %s of %o with %s', async (operation, parameters, code, message) => {
    const room = await aDeadLetterQueue();
    await room.start({ MaxNumberOfMessagesPerSecond: 1 });

    const refused = room.call(operation, parameters);

    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('cannot be cancelled when it has ended', async () => {
    const room = await aDeadLetterQueue();
    const TaskHandle = await room.start();
    await room.clock.advance(0);

    const cancelling = room.call('CancelMessageMoveTask', { TaskHandle });

    await expect(cancelling).rejects.toMatchObject({ code: 'UnsupportedOperation' });
  });
});
