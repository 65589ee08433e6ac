import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import { errorOf, find, openRoom, put, storyOf, THINGS } from './a-room';

const KB = 1024;
const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });
const idsOf = (count: number) => Array.from({ length: count }, (_, n) => `id-${n}`);
const keyOf = (id: string) => ({ id: { S: id } });

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
describe('an item', () => {
  // `id`, `a` and `text` with their names: 2 + 1 and 4 bytes besides the text.
  const LARGEST = 400 * KB - 7;

  it('may have 400 KB of names and values', async () => {
    const { db } = await openRoom();

    await put(db, 'a', { text: text(LARGEST) });
    const error = await errorOf(put(db, 'a', { text: text(LARGEST + 1) }));

    expect(error).toMatchObject({
      code: 'ValidationException',
      message: 'Item size has exceeded the maximum allowed size',
    });
  });

  it.each<[string, (db: DynamoDb) => Promise<unknown>]>([
    ['put', (db) => put(db, 'a', { text: { S: 'é'.repeat(205 * KB) } })],
    [
      'put by a batch',
      (db) =>
        db.handle('BatchWriteItem', {
          RequestItems: { things: [{ PutRequest: { Item: { ...keyOf('a'), text: { S: 'é'.repeat(205 * KB) } } } }] },
        }),
    ],
    [
      'put by a transaction',
      (db) =>
        db.handle('TransactWriteItems', {
          TransactItems: [{ Put: { TableName: 'things', Item: { ...keyOf('a'), text: { S: 'é'.repeat(205 * KB) } } } }],
        }),
    ],
  ])('is measured in bytes of UTF-8 when it is %s', async (_, write) => {
    const { db } = await openRoom();

    const error = await errorOf(write(db));

    expect(error.message).toBe('Item size has exceeded the maximum allowed size');
    expect(await storyOf(db)).toEqual([]);
  });

  it('may not grow over it by an update, alone or in a transaction', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { text: text(300 * KB) });
    const update = {
      TableName: 'things',
      Key: keyOf('a'),
      UpdateExpression: 'SET more = :m',
      ExpressionAttributeValues: { ':m': { S: 'é'.repeat(51 * KB) } },
    };

    const alone = await errorOf(db.handle('UpdateItem', update));
    const transacted = await errorOf(db.handle('TransactWriteItems', { TransactItems: [{ Update: update }] }));

    const message = 'Item size to update has exceeded the maximum allowed size';
    expect(alone.message).toBe(message);
    expect(transacted.fields.CancellationReasons).toEqual([{ Code: 'ValidationError', Message: message }]);
  });

  it.each<[string, string]>([
    ['38 digits', '12345678901234567890123456789012345678'],
    ['38 digits after the point', '0.12345678901234567890123456789012345678'],
    [
      'the greatest magnitude',
      '99999999999999999999999999999999999999000000000000000000000000000000000000000000000000',
    ],
  ])('keeps a number of %s as it is', async (_, number) => {
    const { db } = await openRoom();

    await put(db, 'a', { n: { N: number } });

    expect(await find(db, 'a')).toMatchObject({ n: { N: number } });
  });

  it.each<[string, string, string]>([
    [
      '39 digits',
      '123456789012345678901234567890123456789',
      'Attempting to store more than 38 significant digits in a Number',
    ],
    [
      'a magnitude of 126',
      '1e126',
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    ],
    [
      'a magnitude of -131',
      '1e-131',
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    ],
    ['no number', 'one', 'The parameter cannot be converted to a numeric value: one'],
  ])('has no number of %s', async (_, number, message) => {
    const { db } = await openRoom();

    const error = await errorOf(put(db, 'a', { n: { N: number } }));

    expect(error.message).toBe(message);
  });

  it('gets no number of 39 digits by a sum', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { n: { N: '1e38' } });

    const error = await errorOf(
      db.handle('UpdateItem', {
        TableName: 'things',
        Key: keyOf('a'),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );

    expect(error.message).toBe('Attempting to store more than 38 significant digits in a Number');
  });
});

describe('a page', () => {
  it.each(['Query', 'Scan'])('of a %s ends after one megabyte, and the next goes on', async (operation) => {
    const { db } = await openRoom();
    const ids = idsOf(5);
    const request = {
      TableName: 'pages',
      ...(operation === 'Query' && {
        KeyConditionExpression: 'p = :p',
        ExpressionAttributeValues: { ':p': { S: 'x' } },
      }),
    };
    await db.createTable({
      tableName: 'pages',
      attributeDefinitions: ['p', 's'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      keySchema: [
        { AttributeName: 'p', KeyType: 'HASH' },
        { AttributeName: 's', KeyType: 'RANGE' },
      ],
      globalSecondaryIndexes: [],
    });
    for (const s of ids) {
      await db.handle('PutItem', { TableName: 'pages', Item: { p: { S: 'x' }, s: { S: s }, text: text(300 * KB) } });
    }

    const first = await db.handle(operation, request);
    const second = await db.handle(operation, { ...request, ExclusiveStartKey: first.LastEvaluatedKey });

    expect(first).toMatchObject({ Count: 4, LastEvaluatedKey: { p: { S: 'x' }, s: { S: 'id-3' } } });
    expect(second).toMatchObject({ Count: 1, Items: [{ s: { S: 'id-4' } }] });
    expect(second).not.toHaveProperty('LastEvaluatedKey');
  });
});

describe('a batch', () => {
  it('reads 100 items, and up to 16 MB of them', async () => {
    const { db } = await openRoom();
    const ids = idsOf(52);
    for (const id of ids) await put(db, id, { text: text(300 * KB) });
    const keys = [...ids, ...Array.from({ length: 48 }, (_, n) => `missing-${n}`)].map(keyOf);

    const got = await db.handle('BatchGetItem', { RequestItems: { things: { Keys: keys } } });

    expect((got.Responses as { things: unknown[] }).things).toHaveLength(52);
    expect(got.UnprocessedKeys).toEqual({});
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    [
      '101 reads',
      'BatchGetItem',
      { things: { Keys: idsOf(60).map(keyOf) }, others: { Keys: idsOf(41).map(keyOf) } },
      'Too many items requested for the BatchGetItem call',
    ],
    [
      '26 writes',
      'BatchWriteItem',
      { things: idsOf(26).map((id) => ({ PutRequest: { Item: keyOf(id) } })) },
      'Member must have length less than or equal to 25',
    ],
    [
      'the same key twice',
      'BatchWriteItem',
      { things: [{ PutRequest: { Item: keyOf('a') } }, { DeleteRequest: { Key: keyOf('a') } }] },
      'Provided list of item keys contains duplicates',
    ],
    [
      'the same key read twice',
      'BatchGetItem',
      { things: { Keys: [keyOf('a'), keyOf('a')] } },
      'Provided list of item keys contains duplicates',
    ],
  ])('with %s is refused', async (_, operation, RequestItems, message) => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'others' });

    const error = await errorOf(db.handle(operation, { RequestItems }));

    expect(error.code).toBe('ValidationException');
    expect(error.message).toContain(message);
  });
});

describe('a transaction', () => {
  const puts = (count: number, bytes: number) =>
    idsOf(count).map((id) => ({ Put: { TableName: 'things', Item: { ...keyOf(id), text: text(bytes) } } }));

  it('has up to 100 actions', async () => {
    const { db } = await openRoom();

    await db.handle('TransactWriteItems', { TransactItems: puts(100, 1) });

    expect(await storyOf(db)).toHaveLength(100);
  });

  it('writes up to 4 MB', async () => {
    const { db } = await openRoom();

    await db.handle('TransactWriteItems', { TransactItems: puts(10, 399 * KB) });
    const error = await errorOf(db.handle('TransactWriteItems', { TransactItems: puts(11, 399 * KB) }));

    expect(error.code).toBe('ValidationException');
    expect(error.message).toMatch(/cannot exceed 4 MB, got 449\d{4} bytes$/);
    expect(await storyOf(db)).toHaveLength(10);
  });

  it('reads up to 4 MB, counting what is not projected', async () => {
    const { db } = await openRoom();
    for (const id of idsOf(11)) await put(db, id, { text: text(399 * KB) });
    const gets = (count: number) => ({
      TransactItems: idsOf(count).map((id) => ({
        Get: { TableName: 'things', Key: keyOf(id), ProjectionExpression: 'id' },
      })),
    });

    const read = await db.handle('TransactGetItems', gets(10));
    const error = await errorOf(db.handle('TransactGetItems', gets(11)));

    expect(read.Responses).toHaveLength(10);
    expect(error.message).toContain('cannot exceed 4 MB');
  });
});
