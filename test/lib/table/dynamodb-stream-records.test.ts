import '../../support/environment';
import type { ServerResponse } from 'node:http';
import { findStreamNote, readStreamRecords } from '../../../lib/table/dynamodb-stream-records';
import { type FakeAws, startFakeAws } from '../aws/fake-aws';

const batch = {
  streamArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/lamps/stream/2026-01-01T00:00:00.000',
  shardId: 'shardId-1',
  startSequenceNumber: '9',
  endSequenceNumber: '11',
};
const note = { DDBStreamBatchInfo: batch };
const aRecord = (SequenceNumber: string) => ({ eventName: 'INSERT', dynamodb: { SequenceNumber } });

describe("Lambda's note of a failed batch", () => {
  it('says where the records are', () => {
    const message = { version: '1.0', DDBStreamBatchInfo: { ...batch, batchSize: 2 } };

    expect(findStreamNote(message)).toEqual(note);
  });

  it.each(['Alice', null, {}, { outbox: {} }, { DDBStreamBatchInfo: { ...batch, endSequenceNumber: 'x' } }])(
    'is not %j',
    (message) => {
      expect(findStreamNote(message)).toBeUndefined();
    },
  );
});

describe('reading the records of a note', () => {
  let aws: FakeAws;
  const asked = () =>
    aws.requests.map(({ headers, body }) => [String(headers['x-amz-target']).split('.')[1], JSON.parse(body)]);
  const refuse = (response: ServerResponse, type: string) => {
    response.statusCode = 400;
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}` }));
  };
  /** A shard whose iterators are the numbers of its pages. */
  const holds = (...pages: string[][]) => {
    aws.answer((response) => {
      const [operation, { ShardIterator = '-1' }] = asked().at(-1) ?? ['', {}];
      if (operation === 'GetShardIterator') return void response.end('{"ShardIterator":"0"}');
      const page = Number(ShardIterator);
      const NextShardIterator = page + 1 < pages.length ? String(page + 1) : null;
      response.end(JSON.stringify({ Records: pages[page]?.map(aRecord), NextShardIterator }));
    });
  };

  beforeAll(async () => {
    aws = await startFakeAws();
  });
  beforeEach(() => aws.forget());
  afterAll(() => aws.close());

  it('begins at the first and ends with the last, by number and not by text, over empty pages', async () => {
    holds(['9'], [], ['10', '11', '12'], ['13']);

    expect(await readStreamRecords(note)).toEqual([aRecord('9'), aRecord('10'), aRecord('11')]);
    expect(asked()).toEqual([
      [
        'GetShardIterator',
        {
          StreamArn: batch.streamArn,
          ShardId: 'shardId-1',
          ShardIteratorType: 'AT_SEQUENCE_NUMBER',
          SequenceNumber: '9',
        },
      ],
      ['GetRecords', { ShardIterator: '0' }],
      ['GetRecords', { ShardIterator: '1' }],
      ['GetRecords', { ShardIterator: '2' }],
    ]);
  });

  it('asks the streams of DynamoDB, signed for DynamoDB', async () => {
    holds(['11']);

    await readStreamRecords(note);

    expect(aws.requests[0]?.headers).toMatchObject({
      'x-amz-target': 'DynamoDBStreams_20120810.GetShardIterator',
      authorization: expect.stringContaining('/us-east-1/dynamodb/aws4_request'),
    });
  });

  it('leaves out what comes after the last when the last is not there', async () => {
    holds(['9', '12']);

    expect(await readStreamRecords(note)).toEqual([aRecord('9')]);
  });

  it.each(['GetShardIterator', 'GetRecords'])('says when the records are gone: %s', async (operation) => {
    aws.answer((response) => {
      if (asked().at(-1)?.[0] === operation) refuse(response, 'TrimmedDataAccessException');
      else response.end('{"ShardIterator":"0"}');
    });

    await expect(readStreamRecords(note)).rejects.toThrow(
      'the records are gone from the stream, which keeps them for 24 hours',
    );
  });

  it('says what else the stream answers', async () => {
    aws.answer((response) => refuse(response, 'ResourceNotFoundException'));

    await expect(readStreamRecords(note)).rejects.toThrow(/answered GetShardIterator with 400: .*ResourceNotFound/);
  });

  it.each([
    ['the shard ends before the last one', () => holds(['9'])],
    ['there is nothing on a hundred pages', () => holds(['9'], ...Array.from({ length: 150 }, () => []))],
  ])('does not take a part for the whole: %s', async (_case, hold) => {
    hold();

    await expect(readStreamRecords(note)).rejects.toThrow(
      'the stream gave 1 records of shardId-1 and not the last one',
    );
    expect(aws.requests.length).toBeLessThanOrEqual(101);
  });
});
