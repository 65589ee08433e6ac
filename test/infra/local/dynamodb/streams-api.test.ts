import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import { errorOf, openRoom, put, THINGS, THINGS_STREAM } from './a-room';

async function shardOf(db: DynamoDb): Promise<string> {
  const { StreamDescription } = await db.handleStreams('DescribeStream', { StreamArn: THINGS_STREAM });
  return (StreamDescription as { Shards: Array<{ ShardId: string }> }).Shards[0]?.ShardId ?? '';
}

async function iteratorOf(db: DynamoDb, type: string, sequenceNumber?: string): Promise<unknown> {
  const answer = await db.handleStreams('GetShardIterator', {
    StreamArn: THINGS_STREAM,
    ShardId: await shardOf(db),
    ShardIteratorType: type,
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
  });
  return answer.ShardIterator;
}

async function idsFrom(db: DynamoDb, iterator: unknown): Promise<unknown[]> {
  const { Records } = await db.handleStreams('GetRecords', { ShardIterator: iterator });
  return (Records as Array<{ dynamodb: { Keys: { id: { S: string } } } }>).map((record) => record.dynamodb.Keys.id.S);
}

describe('the interface of the streams', () => {
  it('lists and describes the streams', async () => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'silent', streamViewType: undefined });

    const listed = await db.handleStreams('ListStreams', {});
    const described = await db.handleStreams('DescribeStream', { StreamArn: THINGS_STREAM });

    expect(listed.Streams).toEqual([
      { StreamArn: THINGS_STREAM, TableName: 'things', StreamLabel: '2025-01-01T00:00:00.000' },
    ]);
    expect(described.StreamDescription).toMatchObject({
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    });
  });

  it('reads from the beginning, from now, and from a record on', async () => {
    const { db } = await openRoom();
    for (const id of ['a', 'b']) await put(db, id);
    const [, second] = await db.readStream(THINGS_STREAM, undefined, 2);
    const latest = await iteratorOf(db, 'LATEST');
    await put(db, 'c');

    const number = second?.dynamodb.SequenceNumber;
    expect(await idsFrom(db, await iteratorOf(db, 'TRIM_HORIZON'))).toEqual(['a', 'b', 'c']);
    expect(await idsFrom(db, latest)).toEqual(['c']);
    expect(await idsFrom(db, await iteratorOf(db, 'AT_SEQUENCE_NUMBER', number))).toEqual(['b', 'c']);
    expect(await idsFrom(db, await iteratorOf(db, 'AFTER_SEQUENCE_NUMBER', number))).toEqual(['c']);
  });

  it('goes on where the last answer ended', async () => {
    const { db } = await openRoom();
    for (const id of ['a', 'b']) await put(db, id);
    const iterator = await iteratorOf(db, 'TRIM_HORIZON');

    const first = await db.handleStreams('GetRecords', { ShardIterator: iterator, Limit: 1 });
    const second = await db.handleStreams('GetRecords', { ShardIterator: first.NextShardIterator });
    await put(db, 'c');

    expect(first.Records).toHaveLength(1);
    expect(second.Records).toHaveLength(1);
    expect(await idsFrom(db, second.NextShardIterator)).toEqual(['c']);
  });

  it('refuses what it cannot read from', async () => {
    const { db, clock } = await openRoom();
    const iterator = await iteratorOf(db, 'TRIM_HORIZON');
    await clock.advance(15 * 60 * 1000 + 1);

    const expired = await errorOf(db.handleStreams('GetRecords', { ShardIterator: iterator }));
    const invented = await errorOf(db.handleStreams('GetRecords', { ShardIterator: 'invented' }));
    const unknown = await errorOf(db.handleStreams('DescribeStream', { StreamArn: 'arn:x' }));
    const operation = await errorOf(db.handleStreams('PutRecord', {}));

    expect(expired.code).toBe('ExpiredIteratorException');
    expect(invented.code).toBe('ValidationException');
    expect(unknown.code).toBe('ResourceNotFoundException');
    expect(operation.message).toBe('PutRecord is not supported by the local DynamoDB Streams');
  });

  it('lists the streams of all tables in their order, or those of one', async () => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'animals' });

    const all = await db.handleStreams('ListStreams', {});
    const ofTable = await db.handleStreams('ListStreams', { TableName: 'things' });

    expect(all.Streams).toMatchObject([{ TableName: 'animals' }, { TableName: 'things' }]);
    expect(ofTable.Streams).toMatchObject([{ TableName: 'things' }]);
  });

  it('does not read records that are older than a day', async () => {
    const { db, clock } = await openRoom();
    await put(db, 'a');
    await clock.advance(24 * 60 * 60 * 1000 - 1000);
    await put(db, 'b');
    await clock.advance(2000);

    expect(await idsFrom(db, await iteratorOf(db, 'TRIM_HORIZON'))).toEqual(['b']);
  });
});
