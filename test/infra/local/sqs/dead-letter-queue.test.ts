import { aRoom, arnOf, NOON, urlOf } from './a-room';

const redrivePolicy = { deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 };

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html */
describe('a queue with a dead-letter queue', () => {
  const aPair = () =>
    aRoom(
      { queueName: 'dead', messageRetentionSeconds: 600 },
      { queueName: 'work', messageRetentionSeconds: 300, redrivePolicy },
    );

  test('moves a message there when it is received once more than allowed, not before', async () => {
    const queue = await aPair();
    const sent = await queue.send('work', 'poison');
    for (let time = 1; time <= 2; time += 1) {
      expect(await queue.bodies('work')).toEqual(['poison']);
      await queue.clock.advance(30_000);
    }
    const before = [await queue.counts('work'), await queue.counts('dead')];

    const third = await queue.bodies('work');

    expect(before).toEqual([
      [1, 0, 0],
      [0, 0, 0],
    ]);
    expect(third).toEqual([]);
    expect(await queue.counts('work')).toEqual([0, 0, 0]);
    expect(await queue.receive('dead')).toMatchObject([
      {
        MessageId: sent.MessageId,
        Body: 'poison',
        Attributes: {
          SentTimestamp: String(NOON),
          ApproximateReceiveCount: '3',
          DeadLetterQueueSourceArn: arnOf('work'),
        },
      },
    ]);
  });

  test('moves it in the store in one write, and gives the next messages to the receiver', async () => {
    const queue = await aPair();
    await queue.send('work', 'poison');
    for (let time = 1; time <= 2; time += 1) await queue.receive('work', { VisibilityTimeout: 0 });
    await queue.send('work', 'fine');
    const writesBefore = queue.store.writes;

    const received = await queue.bodies('work');
    const writes = queue.store.writes - writesBefore;
    await queue.reopen();

    expect([received, writes]).toEqual([['fine'], 1]);
    expect([await queue.counts('work'), await queue.counts('dead')]).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });

  test('wakes who waits for a dead letter', async () => {
    const queue = await aPair();
    await queue.send('work', 'poison');
    for (let time = 1; time <= 2; time += 1) await queue.receive('work', { VisibilityTimeout: 0 });
    const waiting = queue.bodies('dead', { WaitTimeSeconds: 20 });

    await queue.receive('work');

    expect(await waiting).toEqual(['poison']);
  });

  test('counts the retention of a dead letter from its first sending', async () => {
    const queue = await aPair();
    await queue.send('work', 'poison');
    for (let time = 1; time <= 2; time += 1) await queue.receive('work', { VisibilityTimeout: 100 });
    await queue.clock.advance(100_000);
    await queue.receive('work', { VisibilityTimeout: 100 });
    await queue.clock.advance(100_000);
    await queue.receive('work');

    await queue.clock.advance(400_000);
    const last = await queue.counts('dead');
    await queue.clock.advance(1);

    expect(last).toEqual([1, 0, 0]);
    expect(await queue.counts('dead')).toEqual([0, 0, 0]);
  });

  test('forgets an old dead letter before a younger message that was there first', async () => {
    const queue = await aPair();
    await queue.send('work', 'old');
    await queue.clock.advance(100_000);
    await queue.send('dead', 'young');
    for (let time = 1; time <= 3; time += 1) await queue.receive('work', { VisibilityTimeout: 0 });

    await queue.clock.advance(500_001);

    expect(await queue.counts('dead')).toEqual([1, 0, 0]);
    expect(await queue.bodies('dead')).toEqual(['young']);
  });

  test('is told by both queues', async () => {
    const queue = await aPair();
    const AttributeNames = ['RedrivePolicy'];

    const answer = await queue.call('GetQueueAttributes', { QueueUrl: urlOf('work'), AttributeNames });
    const sources = await queue.call('ListDeadLetterSourceQueues', { QueueUrl: urlOf('dead') });

    expect(answer).toEqual({ Attributes: { RedrivePolicy: JSON.stringify(redrivePolicy) } });
    expect(sources).toEqual({ queueUrls: [urlOf('work')] });
    expect(await queue.call('ListDeadLetterSourceQueues', { QueueUrl: urlOf('work') })).toEqual({ queueUrls: [] });
  });

  test.each([
    ['there is none of the name', undefined, `its dead-letter queue ${arnOf('dead')} does not exist`],
    ['it takes from nobody', { redrivePermission: 'denyAll' }, 'does not allow it as a source'],
    [
      'it takes from others',
      { redrivePermission: 'byQueue', sourceQueueArns: [arnOf('other')] },
      'does not allow it as a source',
    ],
  ] as const)('cannot be made when %s', async (_case, redriveAllowPolicy, message) => {
    const dead = redriveAllowPolicy && { queueName: 'dead', redriveAllowPolicy };
    const queue = await aRoom(...(dead ? [dead] : []));

    expect(() => queue.room().createQueue({ queueName: 'work', redrivePolicy })).toThrow(message);
  });

  test.each([
    [{ redrivePermission: 'allowAll' }],
    [{ redrivePermission: 'byQueue', sourceQueueArns: [arnOf('work')] }],
  ] as const)('can be made when the other says %o', async (redriveAllowPolicy) => {
    const queue = await aRoom({ queueName: 'dead', redriveAllowPolicy }, { queueName: 'work', redrivePolicy });

    const request = { QueueUrl: urlOf('dead'), AttributeNames: ['RedriveAllowPolicy'] };
    expect(await queue.call('GetQueueAttributes', request)).toEqual({
      Attributes: { RedriveAllowPolicy: JSON.stringify(redriveAllowPolicy) },
    });
  });

  test.each([
    [{ redrivePolicy: { ...redrivePolicy, maxReceiveCount: 0 } }, 'maxReceiveCount must be 1 to 1000, got 0'],
    [{ redriveAllowPolicy: { redrivePermission: 'byQueue' } }, 'sourceQueueArns must be 1 to 10 ARNs with byQueue'],
    [{ redriveAllowPolicy: { redrivePermission: 'denyAll', sourceQueueArns: ['x'] } }, 'and absent otherwise'],
  ] as const)('is refused with %o', async (policies, message) => {
    const queue = await aRoom({ queueName: 'dead' });

    expect(() => queue.room().createQueue({ queueName: 'work', ...policies })).toThrow(message);
  });
});
