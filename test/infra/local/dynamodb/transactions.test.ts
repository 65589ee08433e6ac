import type { DynamoDb } from '../../../../infra/local/dynamodb/dynamodb';
import { errorOf, find, openRoom, put, storyOf } from './a-room';

const Put = (id: string, more: Record<string, unknown> = {}) => ({
  Put: { TableName: 'things', Item: { id: { S: id } }, ...more },
});
const ADD_ONE = { UpdateExpression: 'ADD hits :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
const onThing = (id: string, more: Record<string, unknown> = {}) => ({
  TableName: 'things',
  Key: { id: { S: id } },
  ...more,
});
const transact = (db: DynamoDb, TransactItems: unknown[], more: Record<string, unknown> = {}) =>
  db.handle('TransactWriteItems', { TransactItems, ...more });

describe('a transaction', () => {
  it('carries out all of its actions', async () => {
    const { db } = await openRoom();
    await put(db, 'gone');
    await put(db, 'guard', { open: { BOOL: true } });

    const result = await transact(
      db,
      [
        Put('new'),
        { Update: onThing('counter', ADD_ONE) },
        { Delete: onThing('gone') },
        {
          ConditionCheck: onThing('guard', {
            ConditionExpression: '#o = :yes',
            ExpressionAttributeNames: { '#o': 'open' },
            ExpressionAttributeValues: { ':yes': { BOOL: true } },
          }),
        },
      ],
      { ReturnConsumedCapacity: 'TOTAL' },
    );

    expect(await storyOf(db)).toEqual(['INSERT gone', 'INSERT guard', 'INSERT new', 'INSERT counter', 'REMOVE gone']);
    expect(await find(db, 'counter')).toEqual({ id: { S: 'counter' }, hits: { N: '1' } });
    expect(result.ConsumedCapacity).toEqual([{ TableName: 'things', CapacityUnits: 8, WriteCapacityUnits: 8 }]);
  });

  it('leaves nothing behind when a condition fails, and gives a reason for each action', async () => {
    const { db } = await openRoom();
    await put(db, 'taken', { by: { S: 'x' } });
    const onlyNew = { ConditionExpression: 'attribute_not_exists(id)' };

    const error = await errorOf(
      transact(db, [
        Put('first'),
        Put('taken', { ...onlyNew, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
        { ConditionCheck: onThing('missing', { ConditionExpression: 'attribute_exists(id)' }) },
        { Update: onThing('taken too', ADD_ONE) },
      ]),
    );

    expect(error).toMatchObject({
      code: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons ' +
        '[None, ConditionalCheckFailed, ConditionalCheckFailed, None]',
    });
    expect(error.fields.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ConditionalCheckFailed',
        Message: 'The conditional request failed',
        Item: { id: { S: 'taken' }, by: { S: 'x' } },
      },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      { Code: 'None' },
    ]);
    expect(await storyOf(db)).toEqual(['INSERT taken']);
    expect((await db.handle('Scan', { TableName: 'things' })).Count).toBe(1);
  });

  it('is cancelled by an update that the item does not allow', async () => {
    const { db } = await openRoom();
    await put(db, 'text', { hits: { S: 'many' } });

    const error = await errorOf(transact(db, [Put('first'), { Update: onThing('text', ADD_ONE) }]));

    expect(error.fields.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
    ]);
    expect(await find(db, 'first')).toBeUndefined();
  });

  it('is cancelled by the first key that does not match the table', async () => {
    const { db } = await openRoom();

    const error = await errorOf(
      transact(db, [
        Put('first'),
        { Put: { TableName: 'things', Item: { other: { S: 'x' } } } },
        { Delete: { TableName: 'things', Key: { id: { N: '1' } } } },
      ]),
    );

    expect(error.fields.CancellationReasons).toEqual([
      { Code: 'None' },
      {
        Code: 'ValidationError',
        Message: 'One or more parameter values were invalid: Missing the key id in the item',
      },
      { Code: 'None' },
    ]);
  });

  it.each<[string, unknown[], string]>([
    [
      'no action',
      [],
      "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      '101 actions',
      Array.from({ length: 101 }, (_, n) => Put(String(n))),
      'Member must have length less than or equal to 100',
    ],
    ['two kinds in one action', [{ ...Put('a'), Delete: onThing('a') }], 'got Put, Delete in item 1'],
    [
      'two actions on one item',
      [Put('a'), { Delete: onThing('a') }],
      'Transaction request cannot include multiple operations on one item',
    ],
    ['no key', [{ Delete: { TableName: 'things' } }], "Value null at 'transactItems.1.member.delete.key'"],
    ['an empty key', [{ Delete: onThing('') }], 'cannot contain an empty string value. Key: id'],
    [
      'an empty index key',
      [{ Put: { TableName: 'things', Item: { id: { S: 'a' }, owner: { S: '' } } } }],
      'IndexKey: owner',
    ],
    ['an update without expression', [{ Update: onThing('a') }], "at 'transactItems.1.member.update.updateExpression'"],
    [
      'a broken expression',
      [Put('a', { ConditionExpression: 'attribute_not_exists(' })],
      'Invalid ConditionExpression',
    ],
  ])('with %s is refused as not valid', async (_, items, message) => {
    const { db } = await openRoom();

    const error = await errorOf(transact(db, items));

    expect(error.code).toBe('ValidationException');
    expect(error.message).toContain(message);
    expect(await storyOf(db)).toEqual([]);
  });

  it('is refused when a table does not exist', async () => {
    const { db } = await openRoom();

    const error = await errorOf(transact(db, [Put('a'), { Put: { TableName: 'nothing', Item: { id: { S: 'a' } } } }]));

    expect(error).toMatchObject({ code: 'ResourceNotFoundException', message: 'Requested resource not found' });
  });

  it('waits for one that overlaps with it', async () => {
    const { db } = await openRoom();
    const step = (from: string, to: string) => [{ Update: onThing(from, ADD_ONE) }, { Update: onThing(to, ADD_ONE) }];

    await Promise.all(
      Array.from({ length: 100 }, (_, n) => transact(db, n % 2 === 0 ? step('a', 'b') : step('b', 'a'))),
    );

    expect([await find(db, 'a'), await find(db, 'b')]).toMatchObject([{ hits: { N: '100' } }, { hits: { N: '100' } }]);
    const story = await storyOf(db);
    const pairs = Array.from({ length: 100 }, (_, n) => story.slice(2 * n, 2 * n + 2).map((it) => it.at(-1)));
    expect(pairs.every((pair, n) => pair.join('') === (n % 2 === 0 ? 'ab' : 'ba'))).toBe(true);
  });
});

describe('a client request token', () => {
  const add = { Update: onThing('counter', ADD_ONE) };
  const TOKEN = { ClientRequestToken: 'token-1' };

  it('applies a repeated transaction once within ten minutes', async () => {
    const { db, clock } = await openRoom();

    await Promise.all([transact(db, [add], TOKEN), transact(db, [add], TOKEN)]);
    await clock.advance(10 * 60 * 1000 - 1);
    await transact(db, [add], TOKEN);
    const afterRepetitions = await find(db, 'counter');
    await clock.advance(1);
    await transact(db, [add], TOKEN);

    expect(afterRepetitions).toMatchObject({ hits: { N: '1' } });
    expect(await find(db, 'counter')).toMatchObject({ hits: { N: '2' } });
  });

  it('is remembered by a room that is opened again', async () => {
    const { db, clock, storage } = await openRoom();
    await transact(db, [add], TOKEN);
    await db.close();

    const again = await openRoom({ storage, clock });
    await transact(again.db, [add], TOKEN);

    expect(await find(again.db, 'counter')).toMatchObject({ hits: { N: '1' } });
  });

  it('is remembered beside later ones, and stored no longer than it is valid', async () => {
    const { db, clock, storage } = await openRoom();
    const storedTokens = async () => {
      const keys: string[] = [];
      for await (const key of storage.db.keys({ gte: 'transaction-token~', lt: 'transaction-token~~' })) keys.push(key);
      return keys.length;
    };
    await transact(db, [add], TOKEN);
    await transact(db, [Put('a')], { ClientRequestToken: 'token-2' });
    await transact(db, [add], TOKEN);
    const stored = await storedTokens();

    await clock.advance(10 * 60 * 1000);
    await transact(db, [Put('b')], { ClientRequestToken: 'token-3' });

    expect(await find(db, 'counter')).toMatchObject({ hits: { N: '1' } });
    expect([stored, await storedTokens()]).toEqual([2, 1]);
  });

  it('is refused with another transaction', async () => {
    const { db } = await openRoom();
    await transact(db, [add], TOKEN);

    const error = await errorOf(transact(db, [Put('other')], TOKEN));

    expect(error.code).toBe('IdempotentParameterMismatchException');
    expect(await find(db, 'other')).toBeUndefined();
  });

  it('has the repetition cost reads in place of writes', async () => {
    const { db } = await openRoom();
    const large = { note: { S: 'x'.repeat(9 * 1024) }, owner: { S: 'o' }, madeAt: { N: '1' } };
    const items = [{ Put: { TableName: 'things', Item: { id: { S: 'a' }, ...large } } }];
    const asked = { ...TOKEN, ReturnConsumedCapacity: 'INDEXES' };

    const first = await transact(db, items, asked);
    const second = await transact(db, items, asked);

    expect(first.ConsumedCapacity).toEqual([
      {
        TableName: 'things',
        CapacityUnits: 21,
        WriteCapacityUnits: 21,
        Table: { CapacityUnits: 20, WriteCapacityUnits: 20 },
        GlobalSecondaryIndexes: { 'by-owner': { CapacityUnits: 1, WriteCapacityUnits: 1 } },
      },
    ]);
    expect(second.ConsumedCapacity).toEqual([
      {
        TableName: 'things',
        CapacityUnits: 6,
        ReadCapacityUnits: 6,
        Table: { CapacityUnits: 6, ReadCapacityUnits: 6 },
      },
    ]);
  });

  it('is free again after a transaction that failed', async () => {
    const { db } = await openRoom();
    const guarded = [Put('a', { ConditionExpression: 'attribute_exists(id)' })];
    await errorOf(transact(db, guarded, TOKEN));
    await put(db, 'a', { note: { S: 'n' } });

    await transact(db, guarded, TOKEN);

    expect(await find(db, 'a')).toEqual({ id: { S: 'a' } });
  });
});

describe('a reading transaction', () => {
  it('answers in the order of the request, with nothing for what does not exist', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { note: { S: 'n' }, more: { S: 'm' } });

    const result = await db.handle('TransactGetItems', {
      TransactItems: [{ Get: onThing('missing') }, { Get: onThing('a', { ProjectionExpression: 'note' }) }],
      ReturnConsumedCapacity: 'TOTAL',
    });

    expect(result).toEqual({
      Responses: [{}, { Item: { note: { S: 'n' } } }],
      ConsumedCapacity: [{ TableName: 'things', CapacityUnits: 4, ReadCapacityUnits: 4 }],
    });
  });
});
