import '../../support/environment';
import type { Context, DynamoDBRecord } from 'aws-lambda';
import { type ItemChange, streamHandler } from '../../../lib/lambda/dynamodb-stream-handler';
import { defineService } from '../../../lib/service/contract';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';
import { aMessage } from './a-message';

interface Thing {
  readonly id: string;
}

const things = defineService({
  name: 'things',
  version: '1.0.0',
  summary: 'Has things.',
  table: { partitionKey: 'id', stream: true },
  handlers: {
    'on-change': {
      trigger: {
        kind: 'stream',
        changes: [{ event: 'INSERT' }, { event: 'MODIFY', becomes: { status: 'OLD' } }],
        batchSize: 10,
      },
      timeoutSeconds: 10,
    },
  },
});

const aRecord = (id: string): DynamoDBRecord => ({ dynamodb: { SequenceNumber: id, NewImage: { id: { S: id } } } });

/** Consumes the records and fails at those named; tells the answer and which were tried. */
async function consume(records: DynamoDBRecord[], failing: readonly string[] = []) {
  const tried: Array<string | undefined> = [];
  const handler = streamHandler(things, 'on-change', async ({ after }: ItemChange<Thing>) => {
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
    const handler = streamHandler(things, 'on-change', async (change: ItemChange<Thing>) => void changes.push(change));

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

describe('a note of a batch that was given up, sent again to the handler', () => {
  let aws: FakeAws;
  const batch = { streamArn: 'arn', shardId: 's', startSequenceNumber: '1', endSequenceNumber: '5' };
  const numbered = (SequenceNumber: string, eventName: 'INSERT' | 'MODIFY' | 'REMOVE', from?: string, to?: string) => {
    const image = (status: string | undefined) =>
      status === undefined ? {} : { id: { S: SequenceNumber }, status: { S: status } };
    return { eventName, dynamodb: { SequenceNumber, OldImage: image(from), NewImage: image(to) } };
  };
  const stream = [
    numbered('1', 'INSERT', undefined, 'NEW'),
    numbered('2', 'MODIFY', 'NEW', 'NEW'),
    numbered('3', 'MODIFY', 'NEW', 'OLD'),
    numbered('4', 'MODIFY', 'OLD', 'OLD'),
    numbered('5', 'REMOVE', 'OLD', undefined),
  ];

  beforeAll(async () => {
    aws = await startFakeAws();
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  beforeEach(() => {
    aws.forget();
    aws.answer((response) => void response.end(JSON.stringify({ ShardIterator: '0', Records: stream })));
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await aws.close();
  });

  /** Delivers messages and tells the answer and what was taken. */
  async function deliver(contents: unknown[], failing: readonly string[] = []) {
    const taken: Array<string | undefined> = [];
    const handler = streamHandler(things, 'on-change', async ({ after }: ItemChange<Thing>) => {
      taken.push(after?.id);
      if (failing.includes(after?.id ?? '')) throw new Error('no');
    });
    const Records = contents.map((content, index) => aMessage(`m-${index}`, content));
    return { answer: await handler({ Records }, {} as Context), taken };
  }

  it('takes of its records, read from the stream, those that the mapping lets through', async () => {
    const { answer, taken } = await deliver([{ DDBStreamBatchInfo: batch }]);

    expect(taken).toEqual(['1', '3']);
    expect(answer).toEqual({ batchItemFailures: [] });
  });

  it('stays when one of them fails', async () => {
    const { answer, taken } = await deliver([{ DDBStreamBatchInfo: batch }], ['1']);

    expect(taken).toEqual(['1']);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  });

  it('stays when its records are gone', async () => {
    aws.answer((response) => {
      response.statusCode = 400;
      response.end('{"__type":"TrimmedDataAccessException"}');
    });

    const { answer } = await deliver([{ DDBStreamBatchInfo: batch }]);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  });

  it('stays when it is something else', async () => {
    expect((await deliver([{ something: 'else' }])).answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-0' }] });
  });
});
