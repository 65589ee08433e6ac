import type { Sqs } from '../../../infra/local/sqs/sqs';
import { meterEvents, meterQueues, type Use } from '../../../infra/local/usage';

let uses: Use[];
beforeEach(() => {
  uses = [];
});
const onUse = (use: Use) => uses.push(use);

describe('the meter of a bus', () => {
  const functionNameOf = (accessKeyId: string) => (accessKeyId === 'relay-key' ? 'relay' : undefined);
  const entry = (type: string) => ({ Source: 'orders', DetailType: type, Detail: '{"a":1}', Time: 1 });
  const put = (Entries: object[], answer: object, accessKeyId = 'relay-key') =>
    meterEvents(async () => ({ ...answer }), onUse, functionNameOf)('PutEvents', { Entries }, { accessKeyId });

  it('tells each entry that is accepted, and none that is refused', async () => {
    const Entries = [{ EventId: '1' }, { ErrorCode: 'InternalFailure' }, { EventId: '3' }];

    await put([entry('a.made'), entry('b.made'), entry('c.made')], { FailedEntryCount: 1, Entries });

    // Source, type and detail, and 14 for the time.
    const bytes = 6 + 6 + 7 + 14;
    expect(uses).toEqual([
      { service: 'event-bridge', detailType: 'a.made', bytes, functionName: 'relay' },
      { service: 'event-bridge', detailType: 'c.made', bytes, functionName: 'relay' },
    ]);
  });

  it('names nobody when no function has put it', async () => {
    await put([entry('a.made')], { Entries: [{ EventId: '1' }] }, 'other-key');

    expect(uses).toEqual([{ service: 'event-bridge', detailType: 'a.made', bytes: 33 }]);
  });

  it('tells nothing of other requests', async () => {
    await meterEvents(async () => ({ Rules: [] }), onUse, functionNameOf)('ListRules', {}, {});

    expect(uses).toEqual([]);
  });
});

describe('the meter of queues', () => {
  const QUEUE = { QueueUrl: 'http://127.0.0.1:1/000000000000/orders-sell' };
  const requestTo = (answer: object) => meterQueues({ handle: async () => answer } as unknown as Sqs, onUse);

  it.each<[string, object, object, number, number]>([
    ['SendMessage', { MessageBody: 'four' }, {}, 1, 4],
    ['SendMessageBatch', { Entries: [{ MessageBody: 'four' }, { MessageBody: 'ü' }] }, {}, 2, 6],
    ['ReceiveMessage', {}, { Messages: [{ Body: 'four' }, { Body: 'five5' }] }, 2, 9],
    ['DeleteMessage', { ReceiptHandle: 'r' }, {}, 1, 0],
    ['DeleteMessageBatch', { Entries: [{}, {}, {}] }, { Successful: [{}, {}], Failed: [{}] }, 2, 0],
  ])('tells a %s with its messages and their bytes', async (operation, body, answer, messages, bytes) => {
    await requestTo(answer).handle(operation, { ...QUEUE, ...body });

    expect(uses).toEqual([{ service: 'sqs', operation, queue: 'orders-sell', messages, bytes }]);
  });

  it('tells what is sent for another room', async () => {
    await requestTo({}).send('arn:aws:sqs:us-east-1:000000000000:orders-sell', 'four');

    expect(uses).toMatchObject([{ operation: 'SendMessage', queue: 'orders-sell', bytes: 4 }]);
  });

  it.each(['ReceiveMessage', 'GetQueueAttributes'])('tells nothing of a %s without messages', async (operation) => {
    await requestTo({}).handle(operation, QUEUE);

    expect(uses).toEqual([]);
  });

  it('tells nothing of a request that is refused', async () => {
    const refusing = meterQueues({ handle: () => Promise.reject(new Error('no')) } as unknown as Sqs, onUse);

    await expect(refusing.handle('SendMessage', { ...QUEUE, MessageBody: 'x' })).rejects.toThrow('no');
    expect(uses).toEqual([]);
  });
});
