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

  test('tells of it', async () => {
    const queue = await aPair();
    const AttributeNames = ['RedrivePolicy'];

    const answer = await queue.call('GetQueueAttributes', { QueueUrl: urlOf('work'), AttributeNames });

    expect(answer).toEqual({ Attributes: { RedrivePolicy: JSON.stringify(redrivePolicy) } });
  });

  test('cannot be made when that is not there', async () => {
    const queue = await aRoom();

    const create = () => queue.room().createQueue({ queueName: 'work', redrivePolicy });

    expect(create).toThrow(`its dead-letter queue ${arnOf('dead')} does not exist`);
  });
});
