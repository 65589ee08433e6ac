import { TRACE_HEADER } from '../recorded-spans';
import { aRoom, arnOf, urlOf } from './a-room';

const work = {
  queueName: 'work',
  visibilityTimeoutSeconds: 30,
  redrivePolicy: { deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 1 },
};
const systemAttribute = (StringValue: string) => ({
  MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue } },
});

describe('the trace header of a message', () => {
  let queue: Awaited<ReturnType<typeof aRoom>>;
  const received = async (queueName = 'work') =>
    (await queue.receive(queueName)).map(({ Body, Attributes }) => [Body, Attributes?.AWSTraceHeader]);

  beforeEach(async () => {
    queue = await aRoom({ queueName: 'dead' }, work);
  });

  test('is the system attribute, else that of the request, for each message of a batch', async () => {
    const caller = { traceHeader: 'Root=1-00000001-000000000000000000000001' };
    const Entries = [
      { Id: 'own', MessageBody: 'own', ...systemAttribute(TRACE_HEADER) },
      { Id: 'none', MessageBody: 'none' },
    ];

    await queue.room().handle('SendMessageBatch', { QueueUrl: urlOf('work'), Entries }, caller);

    expect(await received()).toEqual([
      ['own', TRACE_HEADER],
      ['none', caller.traceHeader],
    ]);
  });

  test('is absent when nobody sent one', async () => {
    await queue.send('work', 'a');

    expect(await received()).toEqual([['a', undefined]]);
  });

  test('is given only to who asks for it', async () => {
    await queue.send('work', 'a', systemAttribute(TRACE_HEADER));

    const names = { MessageSystemAttributeNames: ['AWSTraceHeader'] };
    const [message] = await queue.receive('work', names);

    expect(message?.Attributes).toEqual({ AWSTraceHeader: TRACE_HEADER });
  });

  test('survives a restart, and goes with the message to the dead-letter queue', async () => {
    await queue.send('work', 'a', systemAttribute(TRACE_HEADER));
    await queue.reopen();
    await queue.receive('work');
    await queue.clock.advance(30_000);
    await queue.receive('work');

    expect(await received('dead')).toEqual([['a', TRACE_HEADER]]);
  });

  test('does not count against the size of the message', async () => {
    await queue.send('work', 'x'.repeat(1_048_576), systemAttribute(TRACE_HEADER));

    expect(await received()).toHaveLength(1);
  });
});
