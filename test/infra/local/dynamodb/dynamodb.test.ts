import { errorOf, find, openRoom, put, storyOf, THINGS } from './a-room';

const update = (id: string, expression: string, more: Record<string, unknown> = {}) => ({
  TableName: 'things',
  Key: { id: { S: id } },
  UpdateExpression: expression,
  ...more,
});

describe('an item of a table', () => {
  it('is put, read, changed and deleted', async () => {
    const { db } = await openRoom();

    await put(db, 'a', { count: { N: '1' } });
    const changed = await db.handle(
      'UpdateItem',
      update('a', 'SET #c = #c + :one, entries = list_append(if_not_exists(entries, :none), :entry)', {
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: { ':one': { N: '1' }, ':none': { L: [] }, ':entry': { L: [{ S: 'x' }] } },
        ReturnValues: 'ALL_NEW',
      }),
    );
    const deleted = await db.handle('DeleteItem', {
      TableName: 'things',
      Key: { id: { S: 'a' } },
      ReturnValues: 'ALL_OLD',
    });

    const item = { id: { S: 'a' }, count: { N: '2' }, entries: { L: [{ S: 'x' }] } };
    expect(changed.Attributes).toEqual(item);
    expect(deleted.Attributes).toEqual(item);
    expect(await find(db, 'a')).toBeUndefined();
  });

  it('counts 200 additions that come at the same time, each with a stream record', async () => {
    const { db } = await openRoom();
    const add = update('counter', 'ADD hits :one', { ExpressionAttributeValues: { ':one': { N: '1' } } });

    await Promise.all(Array.from({ length: 200 }, () => db.handle('UpdateItem', add)));

    expect(await find(db, 'counter')).toEqual({ id: { S: 'counter' }, hits: { N: '200' } });
    expect(await storyOf(db)).toHaveLength(200);
  });

  it('comes with the error of a failed condition when that is asked for', async () => {
    const { db } = await openRoom();
    await put(db, 'a', { state: { S: 'old' } });
    const request = { TableName: 'things', Item: { id: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(id)' };

    const plain = await errorOf(db.handle('PutItem', request));
    const withItem = await errorOf(
      db.handle('PutItem', { ...request, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
    );
    const withoutItem = await errorOf(
      db.handle('UpdateItem', {
        ...update('missing', 'SET x = :x', { ExpressionAttributeValues: { ':x': { S: 'x' } } }),
        ConditionExpression: 'attribute_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

    expect(plain).toMatchObject({ code: 'ConditionalCheckFailedException', message: 'The conditional request failed' });
    expect(plain.fields).toEqual({});
    expect(withItem.fields).toEqual({ Item: { id: { S: 'a' }, state: { S: 'old' } } });
    expect(withoutItem.fields).toEqual({});
  });

  it('is not written when a key of an index is empty', async () => {
    const { db } = await openRoom();
    await put(db, 'b', { owner: { S: 'x' } });
    const text =
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The ' +
      'AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-owner, IndexKey: owner';

    const onPut = await errorOf(put(db, 'a', { owner: { S: '' } }));
    const onUpdate = await errorOf(
      db.handle(
        'UpdateItem',
        update('b', 'SET #o = :e', {
          ExpressionAttributeNames: { '#o': 'owner' },
          ExpressionAttributeValues: { ':e': { S: '' } },
        }),
      ),
    );

    expect(onPut).toMatchObject({ code: 'ValidationException', message: text });
    expect(onUpdate.code).toBe('ValidationException');
    expect(await find(db, 'a')).toBeUndefined();
    expect(await find(db, 'b')).toMatchObject({ owner: { S: 'x' } });
  });

  it('leaves the body of the request as it is', async () => {
    const { db } = await openRoom();
    const body = { TableName: 'things', Item: { id: { S: 'a' }, n: { N: '1.0' } }, Unknown: 1 };

    await db.handle('PutItem', body);

    expect(body).toEqual({ TableName: 'things', Item: { id: { S: 'a' }, n: { N: '1.0' } }, Unknown: 1 });
  });
});

describe('a batch', () => {
  it('writes and reads items of a table', async () => {
    const { db } = await openRoom();
    await put(db, 'old');

    const written = await db.handle('BatchWriteItem', {
      RequestItems: {
        things: [{ PutRequest: { Item: { id: { S: 'a' } } } }, { DeleteRequest: { Key: { id: { S: 'old' } } } }],
      },
    });
    const got = await db.handle('BatchGetItem', {
      RequestItems: { things: { Keys: [{ id: { S: 'a' } }, { id: { S: 'old' } }] } },
    });

    expect(written.UnprocessedItems).toEqual({});
    expect(got.Responses).toEqual({ things: [{ id: { S: 'a' } }] });
    expect(await storyOf(db)).toEqual(['INSERT old', 'INSERT a', 'REMOVE old']);
  });

  it('writes nothing when one of its items is not valid', async () => {
    const { db } = await openRoom();

    const error = await errorOf(
      db.handle('BatchWriteItem', {
        RequestItems: {
          things: [
            { PutRequest: { Item: { id: { S: 'a' } } } },
            { PutRequest: { Item: { id: { S: 'b' }, owner: { S: '' } } } },
          ],
        },
      }),
    );

    expect(error.code).toBe('ValidationException');
    expect(await find(db, 'a')).toBeUndefined();
    expect(await storyOf(db)).toEqual([]);
  });

  it('is refused with more than 25 writes in all', async () => {
    const { db } = await openRoom();
    await db.createTable({ ...THINGS, tableName: 'others' });
    const puts = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ PutRequest: { Item: { id: { S: String(n) } } } }));

    const error = await errorOf(db.handle('BatchWriteItem', { RequestItems: { things: puts(13), others: puts(13) } }));

    expect(error.message).toBe('Too many items requested for the BatchWriteItem call');
  });
});

describe('an operation that is not supported', () => {
  it.each(['CreateTable', 'UpdateTable', 'DeleteTable', 'toString'])('%s is refused by name', async (operation) => {
    const { db } = await openRoom();

    const error = await errorOf(db.handle(operation, { TableName: 'x' }));

    expect(error.code).toBe('UnknownOperationException');
    expect(error.message).toBe(`${operation} is not supported by the local DynamoDB`);
  });
});
