import { aRoom, urlOf } from './a-room';

const QueueUrl = urlOf('q');

interface Result {
  readonly Successful: Array<Record<string, unknown>>;
  readonly Failed: Array<Record<string, unknown>>;
}

describe('a batch', () => {
  async function aBatch() {
    const queue = await aRoom({ queueName: 'q', maximumMessageBytes: 1_024 });
    const run = async (operation: string, Entries: unknown) =>
      (await queue.call(operation, { QueueUrl, Entries })) as unknown as Result;
    return { ...queue, run };
  }

  test('sends every message that is fit, in few writes, and says which are not', async () => {
    const queue = await aBatch();

    const result = await queue.run('SendMessageBatch', [
      { Id: '1', MessageBody: 'hello' },
      { Id: '2', MessageBody: 'x'.repeat(1_025) },
      { Id: '3', MessageBody: 'later', DelaySeconds: 5 },
      { Id: '4', MessageBody: 'odd', Colour: 'red' },
    ]);

    expect(result).toEqual({
      Successful: [
        { Id: '1', MessageId: expect.any(String), MD5OfMessageBody: '5d41402abc4b2a76b9719d911017c592' },
        { Id: '3', MessageId: expect.any(String), MD5OfMessageBody: expect.any(String) },
      ],
      Failed: [
        {
          Id: '2',
          SenderFault: true,
          Code: 'InvalidParameterValue',
          Message: 'One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.',
        },
        expect.objectContaining({ Id: '4', Code: 'UnsupportedOperation' }),
      ],
    });
    expect(await queue.counts('q')).toEqual([1, 0, 1]);
    expect(queue.store.writes).toBeLessThanOrEqual(2);
  });

  test('fails as a whole when the store fails', async () => {
    const queue = await aBatch();
    jest.spyOn(queue.store, 'write').mockRejectedValue(new Error('the disk is full'));

    const sending = queue.run('SendMessageBatch', [{ Id: '1', MessageBody: 'a' }]);

    await expect(sending).rejects.toThrow('the disk is full');
  });

  test('deletes and hides messages one by one', async () => {
    const queue = await aBatch();
    for (const body of ['a', 'b', 'c']) await queue.send('q', body);
    const [a, b, c] = (await queue.receive('q')).map(({ ReceiptHandle }) => ReceiptHandle);

    const deleted = await queue.run('DeleteMessageBatch', [
      { Id: 'a', ReceiptHandle: a },
      { Id: 'x', ReceiptHandle: 'nonsense' },
    ]);
    const changed = await queue.run('ChangeMessageVisibilityBatch', [
      { Id: 'b', ReceiptHandle: b, VisibilityTimeout: 0 },
      { Id: 'c', ReceiptHandle: c, VisibilityTimeout: -1 },
    ]);

    expect(deleted).toMatchObject({
      Successful: [{ Id: 'a' }],
      Failed: [{ Id: 'x', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }],
    });
    expect(changed).toMatchObject({
      Successful: [{ Id: 'b' }],
      Failed: [{ Id: 'c', Code: 'InvalidParameterValue' }],
    });
    expect(await queue.counts('q')).toEqual([1, 1, 0]);
  });

  /** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
  test.each([
    ['no entry', [], 'EmptyBatchRequest'],
    ['eleven entries', Array.from({ length: 11 }, (_, Id) => ({ Id: `${Id}` })), 'TooManyEntriesInBatchRequest'],
    ['an id twice', [{ Id: 'a' }, { Id: 'b' }, { Id: 'a' }], 'BatchEntryIdsNotDistinct'],
    ['an empty id', [{ Id: '' }], 'InvalidBatchEntryId'],
    ['an id with a colon', [{ Id: 'invalid:id' }], 'InvalidBatchEntryId'],
    ['an id of 81 letters', [{ Id: 'a'.repeat(81) }], 'InvalidBatchEntryId'],
  ])('is refused as a whole with %s', async (_case, entries, code) => {
    const queue = await aBatch();

    for (const operation of ['SendMessageBatch', 'DeleteMessageBatch', 'ChangeMessageVisibilityBatch']) {
      await expect(queue.run(operation, entries)).rejects.toMatchObject({ code });
    }
  });

  test('of messages is refused when it is longer than 1 MiB in all', async () => {
    const queue = await aRoom({ queueName: 'q' });
    const Entries = [
      { Id: '1', MessageBody: 'x'.repeat(1_048_576) },
      { Id: '2', MessageBody: 'y' },
    ];

    const sending = queue.call('SendMessageBatch', { QueueUrl, Entries });

    await expect(sending).rejects.toMatchObject({
      code: 'BatchRequestTooLong',
      message: 'Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.',
    });
  });
});
