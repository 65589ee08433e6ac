import { aRoom, arnOf, NOON, type Received, urlOf } from './a-room';

const failed = { queueName: 'failed', visibilityTimeoutSeconds: 30, messageRetentionSeconds: 3_600 };
const QueueUrl = urlOf('failed');
const handleOf = (messages: Received[]) => messages[0]?.ReceiptHandle ?? '';

const OTHER = { SenderId: { DataType: 'String', StringValue: 'me' } };
const EMPTY_TRACE = { AWSTraceHeader: { DataType: 'String', StringValue: '' } };

describe('the SQS room', () => {
  let queue: Awaited<ReturnType<typeof aRoom>>;

  beforeEach(async () => {
    queue = await aRoom(failed);
  });

  test('hands a sent message to a receiver with its digest', async () => {
    const sent = await queue.send('failed', 'hello');

    const answer = await queue.call('ReceiveMessage', { QueueUrl });

    expect(sent).toEqual({ MessageId: expect.any(String), MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' });
    const received = { ReceiptHandle: expect.any(String), MD5OfBody: sent.MD5OfMessageBody, Body: 'hello' };
    expect(answer).toEqual({ Messages: [{ MessageId: sent.MessageId, ...received }] });
  });

  test('takes messages by the ARN of the queue from other rooms, and keeps their order', async () => {
    for (const body of ['a', 'b', 'c']) await queue.room().send(arnOf('failed'), body);

    expect(await queue.bodies('failed')).toEqual(['a', 'b', 'c']);
  });

  test('gives two receivers at once different messages', async () => {
    for (const body of ['a', 'b']) await queue.send('failed', body);

    const one = { MaxNumberOfMessages: 1 };
    const received = await Promise.all([queue.bodies('failed', one), queue.bodies('failed', one)]);

    expect(received).toEqual([['a'], ['b']]);
  });

  test('deletes a message for the latest receipt only, also when it is visible again', async () => {
    await queue.send('failed', 'a');
    const first = await queue.receive('failed');
    await queue.clock.advance(30_000);
    const second = await queue.receive('failed', { VisibilityTimeout: 1 });

    await queue.call('DeleteMessage', { QueueUrl, ReceiptHandle: handleOf(first) });
    await queue.clock.advance(1_000);
    const afterStale = await queue.counts('failed');
    await queue.call('DeleteMessage', { QueueUrl, ReceiptHandle: handleOf(second) });

    expect(handleOf(second)).not.toBe(handleOf(first));
    expect(afterStale).toEqual([1, 0, 0]);
    expect(await queue.counts('failed')).toEqual([0, 0, 0]);
  });

  test('has over a restart what was sent, what is hidden, and what is delayed, but not what was deleted', async () => {
    for (const body of ['deleted', 'hidden', 'visible']) await queue.send('failed', body);
    await queue.send('failed', 'delayed', { DelaySeconds: 60 });
    const received = await queue.receive('failed', { MaxNumberOfMessages: 2 });
    await queue.call('DeleteMessage', { QueueUrl, ReceiptHandle: handleOf(received) });

    await queue.reopen();

    expect(await queue.counts('failed')).toEqual([1, 1, 1]);
    expect(await queue.bodies('failed', { VisibilityTimeout: 300 })).toEqual(['visible']);
    await queue.clock.advance(30_000);
    const again = await queue.receive('failed', { VisibilityTimeout: 300 });
    expect(again).toMatchObject([{ Body: 'hidden', Attributes: { ApproximateReceiveCount: '2' } }]);
    await queue.clock.advance(30_000);
    expect(await queue.bodies('failed')).toEqual(['delayed']);
  });

  test('answers when a change is in the store, not before', async () => {
    let finish = () => {};
    const write = jest.spyOn(queue.store, 'write').mockImplementation(
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    let isAnswered = false;
    const sending = queue.send('failed', 'a').then(() => {
      isAnswered = true;
    });

    await queue.clock.advance(0);
    expect(write).toHaveBeenCalledTimes(1);
    expect(isAnswered).toBe(false);
    finish();
    await sending;
  });

  test.each(['visible', 'hidden'])('forgets a %s message after its retention', async (state) => {
    await queue.send('failed', 'a');
    if (state === 'hidden') await queue.receive('failed', { VisibilityTimeout: 43_200 });

    await queue.clock.advance(3_600_000);
    const before = await queue.counts('failed');
    await queue.clock.advance(1);

    expect(before).toEqual(state === 'hidden' ? [0, 1, 0] : [1, 0, 0]);
    expect(await queue.counts('failed')).toEqual([0, 0, 0]);
    expect(await queue.store.list('message/')).toEqual([]);
  });

  test('tells what it knows of a message and of a queue when asked', async () => {
    await queue.call('SendMessage', { QueueUrl, MessageBody: 'a' });
    await queue.clock.advance(1_000);

    const [message] = await queue.receive('failed');
    const answer = await queue.call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    const some = await queue.call('GetQueueAttributes', {
      QueueUrl,
      AttributeNames: ['DelaySeconds', 'RedrivePolicy'],
    });

    expect(message?.Attributes).toEqual({
      SenderId: '123456789012',
      ApproximateReceiveCount: '1',
      SentTimestamp: String(NOON),
      ApproximateFirstReceiveTimestamp: String(NOON + 1_000),
    });
    expect(answer.Attributes).toEqual({
      QueueArn: arnOf('failed'),
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: '30',
      MessageRetentionPeriod: '3600',
      MaximumMessageSize: '1048576',
      DelaySeconds: '0',
      ReceiveMessageWaitTimeSeconds: '0',
    });
    expect(some).toEqual({ Attributes: { DelaySeconds: '0' } });
  });

  test('tells of a message received again how often, and when it was received first', async () => {
    await queue.send('failed', 'a');
    await queue.receive('failed');
    await queue.clock.advance(30_000);

    const Attributes = { ApproximateReceiveCount: '2', ApproximateFirstReceiveTimestamp: String(NOON) };
    expect(await queue.receive('failed')).toMatchObject([{ Attributes }]);
  });

  test('names the caller as the sender', async () => {
    await queue.room().handle('SendMessage', { QueueUrl, MessageBody: 'a' }, { accessKeyId: 'AKIA1' });

    expect(await queue.receive('failed')).toMatchObject([{ Attributes: { SenderId: 'AKIA1' } }]);
  });

  test.each([QueueUrl, 'https://sqs.eu-central-1.amazonaws.com/1/failed', 'http://localhost/failed', 'failed'])(
    'knows the queue by the address %s',
    async (address) => {
      await queue.call('SendMessage', { QueueUrl: address, MessageBody: 'a' });

      expect(await queue.bodies('failed')).toEqual(['a']);
    },
  );

  test('finds and lists queues by name', async () => {
    for (const queueName of ['other', 'fallback']) queue.room().createQueue({ queueName });

    expect(await queue.call('GetQueueUrl', { QueueName: 'failed' })).toEqual({ QueueUrl });
    expect(await queue.call('ListQueues', { QueueNamePrefix: 'f' })).toEqual({
      QueueUrls: [urlOf('failed'), urlOf('fallback')],
    });
    expect(await queue.call('ListQueues')).toEqual({
      QueueUrls: [urlOf('failed'), urlOf('fallback'), urlOf('other')],
    });
    expect(await queue.call('ListQueues', { QueueNamePrefix: 'x' })).toEqual({});
  });

  test.each([
    ['SendMessage', { QueueUrl: 'http://x/1/none', MessageBody: 'a' }, 'QueueDoesNotExist'],
    ['SendMessage', { MessageBody: 'a' }, 'MissingParameter'],
    ['SendMessage', { QueueUrl, MessageBody: '' }, 'MissingParameter'],
    ['SendMessage', { QueueUrl, MessageBody: 'x'.repeat(1_048_577) }, 'InvalidParameterValue'],
    ['SendMessage', { QueueUrl, MessageBody: 'a\u0000' }, 'InvalidMessageContents'],
    ['SendMessage', { QueueUrl, MessageBody: 'a', DelaySeconds: 901 }, 'InvalidParameterValue'],
    ['SendMessage', { QueueUrl, MessageBody: 'a', MessageDeduplicationId: 'x' }, 'UnsupportedOperation'],
    ['SendMessage', { QueueUrl, MessageBody: 'a', MessageSystemAttributes: OTHER }, 'InvalidParameterValue'],
    ['SendMessage', { QueueUrl, MessageBody: 'a', MessageSystemAttributes: EMPTY_TRACE }, 'InvalidParameterValue'],
    ['ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { QueueUrl, VisibilityTimeout: 43_201 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { QueueUrl, WaitTimeSeconds: 21 }, 'InvalidParameterValue'],
    ['ReceiveMessage', { QueueUrl, AttributeNames: ['Colour'] }, 'InvalidAttributeName'],
    ['DeleteMessage', { QueueUrl, ReceiptHandle: 'nonsense' }, 'ReceiptHandleIsInvalid'],
    ['DeleteMessage', { QueueUrl, ReceiptHandle: 'WyJtZXNzYWdlL3gvMSIsMV0=' }, 'ReceiptHandleIsInvalid'],
    ['GetQueueAttributes', { QueueUrl, AttributeNames: ['Colour'] }, 'InvalidAttributeName'],
    ['GetQueueUrl', { QueueName: 'none' }, 'QueueDoesNotExist'],
    ['ListQueues', { MaxResults: 1 }, 'UnsupportedOperation'],
    ['PurgeQueue', { QueueUrl }, 'UnsupportedOperation'],
    ['CreateQueue', { QueueName: 'new' }, 'UnsupportedOperation'],
  ])('refuses %s of %o with %s', async (operation, parameters, code) => {
    await expect(queue.call(operation, parameters)).rejects.toMatchObject({ code });
  });

  test('refuses to make a queue whose name is taken', () => {
    expect(() => queue.room().createQueue({ queueName: 'failed' })).toThrow('queue failed exists already');
  });
});
