import { openRoom, put, THINGS } from './a-room';

const KB = 1024;
const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });
const INDEXED = { owner: { S: 'x' }, madeAt: { N: '1' } };
const A = { TableName: 'things', Key: { id: { S: 'a' } } };

const WITH_NOTE = {
  ...THINGS,
  globalSecondaryIndexes: THINGS.globalSecondaryIndexes.map((index) => ({
    ...index,
    Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['note'] },
  })),
};

/**
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
describe('the capacity that a write consumes', () => {
  it.each<[string, object | undefined, object | undefined, number, number | undefined]>([
    ['a new item that is not in the index', undefined, {}, 1, undefined],
    ['a new item of a kilobyte and more', undefined, { text: text(KB) }, 2, undefined],
    ['a new item with 700 characters of two bytes', undefined, { text: { S: 'é'.repeat(700) } }, 2, undefined],
    ['a new item in the index', undefined, INDEXED, 1, 1],
    ['a new item with much in the index', undefined, { ...INDEXED, note: text(2 * KB) }, 3, 3],
    ['a change of what the index does not have', INDEXED, { ...INDEXED, other: text(KB) }, 2, undefined],
    ['a change of what the index has', INDEXED, { ...INDEXED, note: text(KB) }, 2, 2],
    ['an item that becomes smaller', { text: text(3 * KB) }, {}, 4, undefined],
    ['an item that moves in the index', { ...INDEXED, note: text(KB) }, { ...INDEXED, madeAt: { N: '2' } }, 2, 3],
    ['an item that leaves the index', INDEXED, {}, 1, 1],
    ['an item that stays as it is', INDEXED, INDEXED, 1, undefined],
    ['the deletion of an item', { ...INDEXED, text: text(KB) }, undefined, 2, 1],
    ['the deletion of nothing', undefined, undefined, 1, undefined],
  ])('by %s', async (_, before, after, ofTable, ofIndex) => {
    const { db } = await openRoom({ table: WITH_NOTE });
    if (before) await put(db, 'a', { ...before });
    const request = after ? { TableName: 'things', Item: { ...A.Key, ...after } } : A;
    const operation = after ? 'PutItem' : 'DeleteItem';

    const detailed = await db.handle(operation, { ...request, ReturnConsumedCapacity: 'INDEXES' });

    expect(detailed.ConsumedCapacity).toEqual({
      TableName: 'things',
      CapacityUnits: ofTable + (ofIndex ?? 0),
      Table: { CapacityUnits: ofTable },
      ...(ofIndex && { GlobalSecondaryIndexes: { 'by-owner': { CapacityUnits: ofIndex } } }),
    });
  });

  it('is told in total, in detail, or not at all', async () => {
    const { db } = await openRoom();
    const write = { TableName: 'things', Item: { id: { S: 'a' } } };

    const total = await db.handle('PutItem', { ...write, ReturnConsumedCapacity: 'TOTAL' });
    const none = await db.handle('PutItem', { ...write, ReturnConsumedCapacity: 'NONE' });

    expect(total.ConsumedCapacity).toEqual({ TableName: 'things', CapacityUnits: 1 });
    expect(none.ConsumedCapacity).toBeUndefined();
  });

  it('is summed up for each table of a batch', async () => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'others' });
    const putOf = (id: string, more = {}) => ({ PutRequest: { Item: { id: { S: id }, ...more } } });

    const { ConsumedCapacity } = await db.handle('BatchWriteItem', {
      RequestItems: { things: [putOf('a'), putOf('b', INDEXED)], others: [putOf('a', { text: text(KB) })] },
      ReturnConsumedCapacity: 'TOTAL',
    });

    expect(ConsumedCapacity).toEqual([
      { TableName: 'things', CapacityUnits: 3 },
      { TableName: 'others', CapacityUnits: 2 },
    ]);
  });

  it('is twice that of the items in a transaction, checked ones included', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { text: text(KB) });

    const { ConsumedCapacity } = await db.handle('TransactWriteItems', {
      TransactItems: [
        { Put: { TableName: 'things', Item: { id: { S: 'b' }, ...INDEXED } } },
        { ConditionCheck: { ...A, ConditionExpression: 'attribute_exists(id)' } },
      ],
      ReturnConsumedCapacity: 'TOTAL',
    });

    expect(ConsumedCapacity).toEqual([{ TableName: 'things', CapacityUnits: 7, WriteCapacityUnits: 7 }]);
  });
});

describe('the capacity that a read consumes', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['half a unit by one that need not be consistent', {}, 1],
    ['a unit for 4 KB by one that is consistent', { ConsistentRead: true }, 2],
    ['the same with a projection', { ConsistentRead: true, ProjectionExpression: 'id' }, 2],
  ])('is %s', async (_, more, units) => {
    const { db } = await openRoom();
    await put(db, 'a', { text: text(5 * KB) });

    const { ConsumedCapacity } = await db.handle('GetItem', { ...A, ...more, ReturnConsumedCapacity: 'TOTAL' });

    expect(ConsumedCapacity).toMatchObject({ TableName: 'things', CapacityUnits: units });
  });

  it('is twice as much in a transaction', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { text: text(5 * KB) });

    const { ConsumedCapacity } = await db.handle('TransactGetItems', {
      TransactItems: [{ Get: A }],
      ReturnConsumedCapacity: 'TOTAL',
    });

    expect(ConsumedCapacity).toEqual([{ TableName: 'things', CapacityUnits: 4, ReadCapacityUnits: 4 }]);
  });

  it('is that of all items of a page together, filtered out or not', async () => {
    const { db } = await openRoom();
    for (const id of ['a', 'b', 'c']) await put(db, id, { ...INDEXED, text: text(3 * KB) });
    const filter = { FilterExpression: 'attribute_exists(nowhere)', ReturnConsumedCapacity: 'INDEXES' };

    const ofTable = await db.handle('Scan', { TableName: 'things', ...filter });
    const ofIndex = await db.handle('Scan', { TableName: 'things', IndexName: 'by-owner', ...filter });

    expect(ofTable).toMatchObject({
      Count: 0,
      ConsumedCapacity: { CapacityUnits: 1.5, Table: { CapacityUnits: 1.5 } },
    });
    expect(ofIndex.ConsumedCapacity).toMatchObject({
      CapacityUnits: 0.5,
      GlobalSecondaryIndexes: { 'by-owner': { CapacityUnits: 0.5 } },
    });
  });
});
