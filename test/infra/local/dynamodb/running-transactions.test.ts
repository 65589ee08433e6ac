import type { AwsError } from '../../../../infra/local/aws-error';
import { errorOf, find, openRoom, put, storyOf } from './a-room';

const onThing = (id: string, more: Record<string, unknown> = {}) => ({
  TableName: 'things',
  Key: { id: { S: id } },
  ...more,
});
const ADD_ONE = { UpdateExpression: 'ADD hits :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
const write = (...ids: string[]) => ({ TransactItems: ids.map((id) => ({ Update: onThing(id, ADD_ONE) })) });

/** How each of the requests ended: `done` or the error. */
function outcomesOf(requests: Array<Promise<unknown>>): Promise<Array<'done' | AwsError>> {
  return Promise.all(
    requests.map((request) =>
      request.then(
        () => 'done' as const,
        (error: AwsError) => error,
      ),
    ),
  );
}

describe('a running transaction', () => {
  const aRoom = () => openRoom({ transactionConflicts: true });

  it('has another one cancelled that shares an item with it, with a reason for that item', async () => {
    const { db } = await aRoom();

    const [first, second] = await outcomesOf([
      db.handle('TransactWriteItems', write('a', 'b')),
      db.handle('TransactWriteItems', write('c', 'b')),
    ]);

    expect(first).toBe('done');
    expect(second).toMatchObject({ code: 'TransactionCanceledException' });
    expect((second as AwsError).fields.CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
    ]);
    expect(await storyOf(db)).toEqual(['INSERT a', 'INSERT b']);
  });

  it('has a reading transaction cancelled, and a conditional check counts as well', async () => {
    const { db } = await aRoom();
    const check = { ConditionCheck: onThing('a', { ConditionExpression: 'attribute_not_exists(id)' }) };

    const [, read] = await outcomesOf([
      db.handle('TransactWriteItems', { TransactItems: [check] }),
      db.handle('TransactGetItems', { TransactItems: [{ Get: onThing('a') }] }),
    ]);

    expect(read).toMatchObject({
      message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [TransactionConflict]',
    });
  });

  it.each([
    ['PutItem', { TableName: 'things', Item: { id: { S: 'a' } } }],
    ['UpdateItem', onThing('a', ADD_ONE)],
    ['DeleteItem', onThing('a')],
  ])('has a %s of its item refused', async (operation, request) => {
    const { db } = await aRoom();

    const [, single] = await outcomesOf([db.handle('TransactWriteItems', write('a')), db.handle(operation, request)]);

    expect(single).toMatchObject({
      code: 'TransactionConflictException',
      message: 'Transaction is ongoing for the item',
    });
    expect(await find(db, 'a')).toMatchObject({ hits: { N: '1' } });
  });

  it('lets reads, batches and writes of other items be', async () => {
    const { db } = await aRoom();

    const outcomes = await outcomesOf([
      db.handle('TransactWriteItems', write('a')),
      db.handle('TransactWriteItems', write('b')),
      db.handle('GetItem', onThing('a')),
      db.handle('PutItem', { TableName: 'things', Item: { id: { S: 'c' } } }),
      db.handle('BatchWriteItem', { RequestItems: { things: [{ DeleteRequest: { Key: { id: { S: 'a' } } } }] } }),
    ]);

    expect(outcomes).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(await storyOf(db)).toEqual(['INSERT a', 'INSERT b', 'INSERT c', 'REMOVE a']);
  });

  it('has its repetition refused until it has ended, also when it failed', async () => {
    const { db } = await aRoom();
    const request = { ...write('a'), ClientRequestToken: 'token' };
    const failing = {
      TransactItems: [{ ConditionCheck: onThing('x', { ConditionExpression: 'attribute_exists(id)' }) }],
    };

    const [first, second] = await outcomesOf([
      db.handle('TransactWriteItems', request),
      db.handle('TransactWriteItems', request),
    ]);
    await errorOf(db.handle('TransactWriteItems', failing));
    const [other, repeated] = await outcomesOf([
      db.handle('TransactWriteItems', write('a', 'x')),
      db.handle('TransactWriteItems', request),
    ]);

    expect(first).toBe('done');
    expect(second).toMatchObject({ code: 'TransactionInProgressException' });
    expect([other, repeated]).toEqual(['done', 'done']);
    expect(await find(db, 'a')).toMatchObject({ hits: { N: '2' } });
  });

  it('has a single write with a broken key refused for that', async () => {
    const { db } = await aRoom();

    const error = await errorOf(put(db, ''));

    expect(error.code).toBe('ValidationException');
  });
});
