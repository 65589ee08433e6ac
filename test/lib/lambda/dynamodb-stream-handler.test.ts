import type { Context, DynamoDBRecord } from 'aws-lambda';
import { type ItemChange, streamHandler } from '../../../lib/lambda/dynamodb-stream-handler';

interface Thing {
  readonly id: string;
}

const aRecord = (id: string): DynamoDBRecord => ({ dynamodb: { SequenceNumber: id, NewImage: { id: { S: id } } } });

/** Consumes the records and fails at those named; tells the answer and which were tried. */
async function consume(records: DynamoDBRecord[], failing: readonly string[] = []) {
  const tried: Array<string | undefined> = [];
  const handler = streamHandler<Thing>(async ({ after }) => {
    tried.push(after?.id);
    if (failing.includes(after?.id ?? 'none')) throw new Error('no');
  });
  const answer = await handler({ Records: records }, {} as Context);
  return { answer, tried };
}

describe('a handler of a stream', () => {
  let logged: jest.SpyInstance;

  beforeEach(() => {
    logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterEach(() => jest.restoreAllMocks());

  it('takes all records in their order', async () => {
    const { answer, tried } = await consume(['1', '2', '3'].map(aRecord));

    expect(tried).toEqual(['1', '2', '3']);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('stops at the first that fails, asks for it and what follows again, and logs why', async () => {
    const { answer, tried } = await consume(['1', '2', '3', '4'].map(aRecord), ['2', '4']);

    expect(tried).toEqual(['1', '2']);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(JSON.parse(logged.mock.calls[0]?.[0])).toMatchObject({ message: 'stream record failed' });
  });

  it('asks for the whole batch again when the failed record has no number', async () => {
    const { answer } = await consume([{}], ['none']);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '' }] });
  });

  it('gives the item before and after the change, as far as the record has them', async () => {
    const changes: Array<ItemChange<Thing>> = [];
    const image = (id: string) => ({ id: { S: id } });
    const handler = streamHandler<Thing>(async (change) => void changes.push(change));

    await handler(
      {
        Records: [
          { dynamodb: { NewImage: image('new') } },
          { dynamodb: { OldImage: image('old'), NewImage: image('new') } },
          { dynamodb: { OldImage: image('old') } },
        ],
      },
      {} as Context,
    );

    expect(changes).toEqual([
      { after: { id: 'new' } },
      { before: { id: 'old' }, after: { id: 'new' } },
      { before: { id: 'old' } },
    ]);
  });

  it('takes an empty batch', async () => {
    expect((await consume([])).answer).toEqual({ batchItemFailures: [] });
  });
});
