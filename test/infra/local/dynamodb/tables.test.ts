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

  it('is listed by name', async () => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'animals' });

    expect(await db.handle('ListTables', {})).toEqual({ TableNames: ['animals', 'things'] });
    const first = { TableNames: ['animals'], LastEvaluatedTableName: 'animals' };
    expect(await db.handle('ListTables', { Limit: 1 })).toEqual(first);
    const rest = await db.handle('ListTables', { Limit: 1, ExclusiveStartTableName: 'animals' });
    expect(rest).toEqual({ TableNames: ['things'] });
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

  it('leaves items out of a new index that do not fit it, and lets them be changed and deleted', async () => {
    const { db } = await openRoom({ table: { ...THINGS, globalSecondaryIndexes: [] } });
    await put(db, 'fits', { owner: { S: 'x' }, madeAt: { N: '1' } });
    await put(db, 'number', { owner: { N: '1' }, madeAt: { N: '1' } });
    await put(db, 'map', { owner: { M: { name: { S: 'x' } } }, madeAt: { N: '1' } });
    await put(db, 'empty', { owner: { S: '' }, madeAt: { N: '1' } });
    await put(db, 'transacted', { owner: { S: 'x' }, madeAt: { S: 'today' } });
    const noting = (id: string) => ({
      TableName: 'things',
      Key: { id: { S: id } },
      UpdateExpression: 'SET note = :n',
      ExpressionAttributeValues: { ':n': { S: 'n' } },
    });

    await db.createTable(THINGS);
    for (const id of ['number', 'map', 'empty']) await db.handle('UpdateItem', noting(id));
    await db.handle('TransactWriteItems', { TransactItems: [{ Update: noting('transacted') }] });
    const changed = await db.handle('Scan', { TableName: 'things', FilterExpression: 'attribute_exists(note)' });
    const indexed = await db.handle('Scan', { TableName: 'things', IndexName: 'by-owner' });
    await put(db, 'number', { owner: { S: 'y' }, madeAt: { N: '1' } });
    await db.handle('DeleteItem', { TableName: 'things', Key: { id: { S: 'map' } } });
    await db.handle('BatchWriteItem', {
      RequestItems: { things: [{ DeleteRequest: { Key: { id: { S: 'transacted' } } } }] },
    });
    const indexedLater = await db.handle('Scan', { TableName: 'things', IndexName: 'by-owner' });
    const left = await db.handle('Scan', { TableName: 'things' });

    const idsOf = ({ Items }: Record<string, unknown>) => (Items as Array<{ id: { S: string } }>).map(({ id }) => id.S);
    expect(idsOf(changed).sort()).toEqual(['empty', 'map', 'number', 'transacted']);
    expect(idsOf(indexed)).toEqual(['fits']);
    expect(idsOf(indexedLater).sort()).toEqual(['fits', 'number']);
    expect(idsOf(left).sort()).toEqual(['empty', 'fits', 'number']);
  });

  it('does not let a key of an index be changed to another type', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { owner: { S: 'x' }, madeAt: { N: '1' } });
    const onA = (UpdateExpression: string, more: object = {}) => ({
      TableName: 'things',
      Key: { id: { S: 'a' } },
      UpdateExpression,
      ExpressionAttributeNames: { '#o': 'owner' },
      ...more,
    });

    const set = await errorOf(
      db.handle('UpdateItem', onA('SET #o = :n', { ExpressionAttributeValues: { ':n': { N: '1' } } })),
    );
    const copied = await errorOf(db.handle('UpdateItem', onA('SET #o = madeAt')));
    const replaced = await errorOf(put(db, 'a', { owner: { N: '1' } }));
    const batched = await errorOf(
      db.handle('BatchWriteItem', {
        RequestItems: { things: [{ PutRequest: { Item: { id: { S: 'b' }, owner: { N: '1' } } } }] },
      }),
    );

    expect([set.code, copied.code, replaced.code, batched.code]).toEqual(Array(4).fill('ValidationException'));
    for (const error of [set, replaced, batched]) {
      expect(error.message).toBe(
        'One or more parameter values were invalid: Type mismatch for Index Key owner Expected: S Actual: N IndexName: by-owner',
      );
    }
    expect(await find(db, 'a')).toEqual({ id: { S: 'a' }, owner: { S: 'x' }, madeAt: { N: '1' } });
  });
});

async function contentOf(storage: Storage): Promise<Array<[string, unknown]>> {
  const entries: Array<[string, unknown]> = [];
  for await (const entry of storage.db.iterator({})) entries.push(entry);
  return entries;
}
