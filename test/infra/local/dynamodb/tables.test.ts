import { openStorage, type Storage } from '../../../../infra/local/storage/open-storage';
import { errorOf, find, openRoom, put, START_MS, THINGS, THINGS_STREAM } from './a-room';

describe('a table', () => {
  it('is described as in AWS', async () => {
    const { db } = await openRoom();

    const { Table } = await db.handle('DescribeTable', { TableName: 'things' });
    const ttl = await db.handle('DescribeTimeToLive', { TableName: 'things' });

    expect(Table).toMatchObject({
      TableName: 'things',
      TableArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/things',
      TableStatus: 'ACTIVE',
      CreationDateTime: START_MS / 1000,
      KeySchema: THINGS.keySchema,
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      LatestStreamArn: THINGS_STREAM,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-owner',
          IndexStatus: 'ACTIVE',
          IndexArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/things/index/by-owner',
        },
      ],
    });
    expect(ttl).toEqual({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAtSeconds' },
    });
  });

  it('that does not exist is refused in the words of AWS', async () => {
    const { db } = await openRoom();
    const key = { TableName: 'nothing', Key: { id: { S: 'a' } } };

    const read = await errorOf(db.handle('GetItem', key));
    const written = await errorOf(db.handle('DeleteItem', key));
    const described = await errorOf(db.handle('DescribeTable', { TableName: 'nothing' }));

    expect(read).toMatchObject({ code: 'ResourceNotFoundException', message: 'Requested resource not found' });
    expect(written).toMatchObject({ code: 'ResourceNotFoundException', message: 'Requested resource not found' });
    expect(described.message).toBe('Requested resource not found: Table: nothing not found');
  });

  it('is listed by name, page by page', async () => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'animals' });

    const first = await db.handle('ListTables', { Limit: 1 });
    const second = await db.handle('ListTables', { ExclusiveStartTableName: first.LastEvaluatedTableName });

    expect(first).toEqual({ TableNames: ['animals'], LastEvaluatedTableName: 'animals' });
    expect(second).toEqual({ TableNames: ['things'] });
  });

  it('keeps its items when it is created again with the same keys', async () => {
    const { db, clock } = await openRoom();
    await put(db, 'a');
    await clock.advance(1000);

    await db.createTable({ ...THINGS, streamViewType: 'KEYS_ONLY' });

    expect(await find(db, 'a')).toEqual({ id: { S: 'a' } });
    const { Table } = await db.handle('DescribeTable', { TableName: 'things' });
    expect(Table).toMatchObject({
      CreationDateTime: START_MS / 1000,
      StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
    });
  });

  it('is refused with other keys than those it was made with', async () => {
    const storage = await openStorage();
    await openRoom({ storage });

    const table = { ...THINGS, keySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }] };

    await expect(openRoom({ storage, table })).rejects.toThrow(
      'table things is stored with the keys id S HASH, but the template has owner S HASH: start with --fresh to begin ' +
        'anew, or with another --data',
    );
  });

  it('is refused when a key has no attribute definition', async () => {
    const { db } = await openRoom();

    const created = db.createTable({ ...THINGS, tableName: 'untyped', attributeDefinitions: [] });

    await expect(created).rejects.toThrow('table untyped: the key id has no attribute definition');
  });

  it('gets the entries of a changed index from its items', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { owner: { S: 'x' }, madeAt: { N: '1' }, note: { S: 'n' } });
    const query = {
      TableName: 'things',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': { S: 'x' } },
    };

    await db.createTable({
      ...THINGS,
      globalSecondaryIndexes: [
        {
          IndexName: 'with-notes',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
        },
      ],
    });
    const found = await db.handle('Query', { ...query, IndexName: 'with-notes' });
    const dropped = await errorOf(db.handle('Query', { ...query, IndexName: 'by-owner' }));

    expect(found.Items).toEqual([{ id: { S: 'a' }, owner: { S: 'x' }, note: { S: 'n' } }]);
    expect(dropped.message).toBe('The table does not have the specified index: by-owner');
  });

  it('that the template has no more stays stored, and nobody sees it', async () => {
    const { db, storage, clock } = await openRoom();
    await put(db, 'a', {
      owner: { S: 'x' },
      madeAt: { N: '1' },
      expiresAtSeconds: { N: String(START_MS / 1000 + 10) },
    });
    await db.close();
    const before = await contentOf(storage);

    const other = { ...THINGS, tableName: 'others' };
    const without = await openRoom({ storage, clock, table: other });
    await clock.advance(60_000);
    const listed = await without.db.handle('ListTables', {});
    const read = await errorOf(find(without.db, 'a'));
    const stream = await errorOf(without.db.readStream(THINGS_STREAM, undefined, 1));
    const after = await contentOf(storage);

    expect(listed.TableNames).toEqual(['others']);
    expect([read.code, stream.code]).toEqual(['ResourceNotFoundException', 'ResourceNotFoundException']);
    expect(after.filter(([key]) => !key.includes('others'))).toEqual(before);
  });

  it('is not changed when another one is refused', async () => {
    const { db, storage } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'animals' });
    const before = await contentOf(storage);

    const refused = { ...THINGS, keySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }] };
    const changed = { ...THINGS, tableName: 'animals', globalSecondaryIndexes: [] };
    const added = { ...THINGS, tableName: 'added' };

    await expect(db.createTable(added, changed, refused)).rejects.toThrow('table things is stored with the keys');
    expect(await contentOf(storage)).toEqual(before);
  });

  it('leaves items out of a new index that do not fit it, and lets one with an empty key be changed', async () => {
    const { db } = await openRoom({ table: { ...THINGS, globalSecondaryIndexes: [] } });
    await put(db, 'fits', { owner: { S: 'x' }, madeAt: { N: '1' } });
    await put(db, 'number', { owner: { N: '1' }, madeAt: { N: '1' } });
    await put(db, 'empty', { owner: { S: '' }, madeAt: { N: '1' } });

    await db.createTable(THINGS);
    await db.handle('UpdateItem', {
      TableName: 'things',
      Key: { id: { S: 'empty' } },
      UpdateExpression: 'SET note = :n',
      ExpressionAttributeValues: { ':n': { S: 'n' } },
    });
    const indexed = await db.handle('Scan', { TableName: 'things', IndexName: 'by-owner' });

    expect(indexed.Items).toMatchObject([{ id: { S: 'fits' } }]);
    expect(await find(db, 'empty')).toMatchObject({ note: { S: 'n' } });
  });
});

async function contentOf(storage: Storage): Promise<Array<[string, unknown]>> {
  const entries: Array<[string, unknown]> = [];
  for await (const entry of storage.dynalite.db.iterator({})) entries.push(entry);
  return entries;
}
