import { aRoom, arnOf, urlOf } from './a-room';

const QueueUrl = urlOf('q');

describe('a queue', () => {
  describe('hides messages', () => {
    /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
    test.each([
      ['a received one for the timeout of the queue', {}, 30],
      ['a received one for the timeout of the request', { VisibilityTimeout: 5 }, 5],
    ])('%s', async (_case, parameters, seconds) => {
      const queue = await aRoom({ queueName: 'q' });
      await queue.send('q', 'a');
      await queue.receive('q', parameters);

      await queue.clock.advance(seconds * 1000 - 1);
      const before = await queue.bodies('q');
      await queue.clock.advance(1);

      expect(before).toEqual([]);
      expect(await queue.bodies('q')).toEqual(['a']);
    });

    /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html */
    test.each([
      ['a sent one for the delay of the queue', {}, 10],
      ['a sent one for the delay of the message', { DelaySeconds: 3 }, 3],
      ['a sent one not at all when its delay is zero', { DelaySeconds: 0 }, 0],
    ])('%s', async (_case, parameters, seconds) => {
      const queue = await aRoom({ queueName: 'q', delaySeconds: 10 });
      await queue.send('q', 'a', parameters);

      await queue.clock.advance(Math.max(0, seconds * 1000 - 1));
      const before = await queue.counts('q');
      await queue.clock.advance(1);

      expect(before).toEqual(seconds === 0 ? [1, 0, 0] : [0, 0, 1]);
      expect(await queue.bodies('q')).toEqual(['a']);
    });

    test('no longer when a receiver gives one back, and longer when it asks for that', async () => {
      const queue = await aRoom({ queueName: 'q' });
      for (const body of ['a', 'b']) await queue.send('q', body);
      const [a, b] = await queue.receive('q');

      await queue.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: a?.ReceiptHandle, VisibilityTimeout: 0 });
      await queue.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: b?.ReceiptHandle, VisibilityTimeout: 60 });

      expect(await queue.bodies('q', { VisibilityTimeout: 300 })).toEqual(['a']);
      await queue.clock.advance(59_999);
      expect(await queue.bodies('q')).toEqual([]);
      await queue.reopen();
      await queue.clock.advance(1);
      expect(await queue.bodies('q')).toEqual(['b']);
    });

    test('without effect for who lost one', async () => {
      const queue = await aRoom({ queueName: 'q' });
      await queue.send('q', 'a');
      const [first] = await queue.receive('q');
      await queue.clock.advance(30_000);
      const late = { QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 100 };

      await queue.call('ChangeMessageVisibility', late);
      const [second] = await queue.receive('q');
      await queue.call('ChangeMessageVisibility', { ...late, VisibilityTimeout: 0 });

      expect(second?.Body).toBe('a');
      expect(await queue.counts('q')).toEqual([0, 1, 0]);
    });

    test('but refuses a deleted message', async () => {
      const queue = await aRoom({ queueName: 'q' });
      await queue.send('q', 'a');
      const [{ ReceiptHandle } = { ReceiptHandle: '' }] = await queue.receive('q');
      await queue.call('DeleteMessage', { QueueUrl, ReceiptHandle });

      const change = queue.call('ChangeMessageVisibility', { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });

      await expect(change).rejects.toMatchObject({
        code: 'InvalidParameterValue',
        message: expect.stringContaining('Message does not exist or is not available for visibility timeout change.'),
      });
    });
  });

  /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html */
  describe('lets a receiver wait', () => {
    async function aWaitingReceiver(waitSeconds: number, queueWaitSeconds = 0) {
      const queue = await aRoom({ queueName: 'q', receiveWaitSeconds: queueWaitSeconds });
      const answers: string[][] = [];
      const wait = (parameters = {}) => void queue.bodies('q', parameters).then((bodies) => answers.push(bodies));
      return { ...queue, answers, wait: () => wait(waitSeconds < 0 ? {} : { WaitTimeSeconds: waitSeconds }) };
    }

    test.each([
      ['of the request', 5, 0, 5],
      ['of the queue', -1, 7, 7],
      ['of the request rather than that of the queue', 0, 7, 0],
    ])('for the time %s', async (_case, waitSeconds, queueWaitSeconds, expectedSeconds) => {
      const queue = await aWaitingReceiver(waitSeconds, queueWaitSeconds);
      queue.wait();

      await queue.clock.advance(Math.max(0, expectedSeconds * 1000 - 1));
      const before = [...queue.answers];
      await queue.clock.advance(1);

      expect(before).toEqual(expectedSeconds === 0 ? [[]] : []);
      expect(queue.answers).toEqual([[]]);
    });

    test('until a message is sent', async () => {
      const queue = await aWaitingReceiver(20);
      queue.wait();
      await queue.clock.advance(3_000);

      await queue.send('q', 'a');
      await queue.clock.advance(0);

      expect(queue.answers).toEqual([['a']]);
    });

    test('until a message becomes visible, be it delayed, received before, or sent in an earlier run', async () => {
      const queue = await aWaitingReceiver(20);
      await queue.send('q', 'delayed', { DelaySeconds: 4 });
      queue.wait();
      await queue.send('q', 'sooner', { DelaySeconds: 2 });

      await queue.clock.advance(2_000);
      expect(queue.answers).toEqual([['sooner']]);
      await queue.reopen();
      queue.wait();
      await queue.clock.advance(1_999);
      expect(queue.answers).toHaveLength(1);
      await queue.clock.advance(1);
      expect(queue.answers[1]).toEqual(['delayed']);
      queue.wait();
      await queue.clock.advance(28_000);
      queue.wait();
      await queue.clock.advance(20_000);
      expect(queue.answers.slice(2)).toEqual([[], ['sooner']]);
    });

    test('and gives one message to one of several', async () => {
      const queue = await aWaitingReceiver(10);
      queue.wait();
      queue.wait();
      await queue.clock.advance(0);

      await queue.send('q', 'a');
      await queue.clock.advance(0);
      expect(queue.answers).toEqual([['a']]);
      await queue.clock.advance(10_000);

      expect(queue.answers).toEqual([['a'], []]);
    });

    test('and tells who listens without receiving once, not again and again', async () => {
      const queue = await aRoom({ queueName: 'q' });
      await queue.send('q', 'a', { DelaySeconds: 5 });
      const listener = jest.fn();
      const stop = queue.room().onArrival(arnOf('q'), listener);

      await queue.clock.advance(4_999);
      const before = listener.mock.calls.length;
      await queue.clock.advance(60_000);
      stop();
      await queue.send('q', 'b');

      expect([before, listener.mock.calls.length]).toEqual([0, 1]);
    });

    test('no longer when the room closes', async () => {
      const queue = await aWaitingReceiver(20);
      queue.wait();
      await queue.clock.advance(0);

      await queue.room().close();
      await queue.clock.advance(0);

      expect(queue.answers).toEqual([[]]);
    });
  });

  test('leaves the store alone when the room is closed', async () => {
    const queue = await aRoom({ queueName: 'q', messageRetentionSeconds: 60 });
    await queue.send('q', 'a');

    await queue.room().close();
    await queue.clock.advance(61_000);

    expect(await queue.store.list('message/q/')).toHaveLength(1);
  });

  test('reads the store at its opening only', async () => {
    const queue = await aRoom({ queueName: 'q' });
    const list = jest.spyOn(queue.store, 'list');
    const get = jest.spyOn(queue.store, 'get');

    await queue.send('q', 'a');
    const [message] = await queue.receive('q');
    await queue.call('DeleteMessage', { QueueUrl, ReceiptHandle: message?.ReceiptHandle });

    expect(await queue.counts('q')).toEqual([0, 0, 0]);
    expect([list, get].map(({ mock }) => mock.calls)).toEqual([[], []]);
  });
});
