import { openSqs, type Sqs } from '../../../../infra/local/sqs/sqs';
import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';

const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const QueueUrl = 'http://127.0.0.1:4566/123456789012/failed';

interface Received {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly MessageId: string;
}

describe('the SQS room', () => {
  let clock: ReturnType<typeof manualClock>;
  let store: KeyValueStore;
  let sqs: Sqs;

  async function open(): Promise<Sqs> {
    const awsEndpoint = 'http://127.0.0.1:4566';
    const opened = await openSqs({ store, clock, region: 'eu-central-1', accountId: '123456789012', awsEndpoint });
    opened.createQueue({ queueName: 'failed', visibilityTimeoutSeconds: 30, messageRetentionSeconds: 3_600 });
    return opened;
  }

  async function receive(parameters: Record<string, unknown> = {}): Promise<Received[]> {
    const answer = await sqs.handle('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10, ...parameters });
    return (answer.Messages ?? []) as Received[];
  }

  const bodies = async () => (await receive()).map(({ Body }) => Body);

  beforeEach(async () => {
    clock = manualClock(NOON);
    store = memoryStore();
    sqs = await open();
  });

  test('hands a sent message to a receiver with its digest', async () => {
    const sent = await sqs.handle('SendMessage', { QueueUrl, MessageBody: 'hello' });

    const [message] = await receive();

    expect(sent).toEqual({ MessageId: expect.any(String), MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' });
    expect(message).toEqual({
      MessageId: sent.MessageId,
      ReceiptHandle: expect.any(String),
      MD5OfBody: '5d41402abc4b2a76b9719d911017c592',
      Body: 'hello',
    });
  });

  test('takes messages by the ARN of the queue from other rooms, and keeps their order', async () => {
    for (const body of ['a', 'b', 'c']) await sqs.send(sqs.queueArn('failed'), body);

    expect(await bodies()).toEqual(['a', 'b', 'c']);
  });

  test('hides a received message until its visibility timeout is over', async () => {
    await sqs.send(sqs.queueArn('failed'), 'a');
    await receive();

    const hidden = await bodies();
    await clock.advance(30_000);
    const visible = await bodies();

    expect(hidden).toEqual([]);
    expect(visible).toEqual(['a']);
  });

  test('gives two receivers at once different messages', async () => {
    for (const body of ['a', 'b']) await sqs.send(sqs.queueArn('failed'), body);

    const received = await Promise.all([receive({ MaxNumberOfMessages: 1 }), receive({ MaxNumberOfMessages: 1 })]);

    expect(received.flat().map(({ Body }) => Body)).toEqual(['a', 'b']);
  });

  test('deletes a message for the latest receipt only', async () => {
    await sqs.send(sqs.queueArn('failed'), 'a');
    const [first] = await receive();
    await clock.advance(30_000);
    const [second] = await receive({ VisibilityTimeout: 0 });

    await sqs.handle('DeleteMessage', { QueueUrl, ReceiptHandle: first!.ReceiptHandle });
    const afterStale = await receive({ VisibilityTimeout: 0 });
    await sqs.handle('DeleteMessage', { QueueUrl, ReceiptHandle: afterStale[0]!.ReceiptHandle });

    expect(second!.ReceiptHandle).not.toBe(first!.ReceiptHandle);
    expect(afterStale.map(({ Body }) => Body)).toEqual(['a']);
    expect(await bodies()).toEqual([]);
  });

  test('keeps messages over a restart', async () => {
    await sqs.send(sqs.queueArn('failed'), 'a');

    sqs = await open();

    expect(await bodies()).toEqual(['a']);
  });

  test('forgets messages after their retention', async () => {
    await sqs.send(sqs.queueArn('failed'), 'a');

    await clock.advance(3_600_001);

    expect(await bodies()).toEqual([]);
    expect(await store.list('message/')).toEqual([]);
  });

  test('tells what it knows of a message and of a queue when asked', async () => {
    await sqs.send(sqs.queueArn('failed'), 'a');
    await sqs.send(sqs.queueArn('failed'), 'b');

    const [message] = await receive({ MaxNumberOfMessages: 1, MessageSystemAttributeNames: ['All'] });
    const answer = await sqs.handle('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });

    expect(message).toMatchObject({
      Attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(NOON),
        ApproximateFirstReceiveTimestamp: String(NOON),
      },
    });
    expect(answer.Attributes).toEqual({
      QueueArn: 'arn:aws:sqs:eu-central-1:123456789012:failed',
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '3600',
      CreatedTimestamp: String(NOON / 1000),
    });
  });

  test('finds and lists queues by name', async () => {
    sqs.createQueue({ queueName: 'other', visibilityTimeoutSeconds: 1, messageRetentionSeconds: 60 });

    expect(await sqs.handle('GetQueueUrl', { QueueName: 'failed' })).toEqual({ QueueUrl });
    expect(await sqs.handle('ListQueues', { QueueNamePrefix: 'f' })).toEqual({ QueueUrls: [QueueUrl] });
    expect(await sqs.handle('ListQueues', {})).toEqual({ QueueUrls: [QueueUrl, sqs.queueUrl('other')] });
  });

  test.each([
    ['SendMessage', { QueueUrl: 'http://x/1/none', MessageBody: 'a' }, 'QueueDoesNotExist'],
    ['SendMessage', { QueueUrl, MessageBody: '' }, 'InvalidParameterValue'],
    ['SendMessage', { QueueUrl, MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
    ['SendMessage', { QueueUrl, MessageBody: 'a', DelaySeconds: 5 }, 'UnsupportedOperation'],
    ['ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { QueueUrl, VisibilityTimeout: 43_201 }, 'InvalidParameterValue'],
    ['DeleteMessage', { QueueUrl, ReceiptHandle: 'nonsense' }, 'ReceiptHandleIsInvalid'],
    ['GetQueueAttributes', { QueueUrl, AttributeNames: ['Colour'] }, 'InvalidAttributeName'],
    ['GetQueueUrl', { QueueName: 'none' }, 'QueueDoesNotExist'],
    ['PurgeQueue', { QueueUrl }, 'UnsupportedOperation'],
  ])('refuses %s of %o with %s', async (operation, parameters, code) => {
    await expect(sqs.handle(operation, parameters)).rejects.toMatchObject({ code });
  });

  test('refuses a second queue of the same name', () => {
    const definition = { queueName: 'failed', visibilityTimeoutSeconds: 30, messageRetentionSeconds: 3_600 };

    expect(() => sqs.createQueue(definition)).toThrow('queue failed exists already');
  });
});
