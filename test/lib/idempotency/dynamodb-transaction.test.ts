import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type TransactionWrite, transactOnce } from '../../../lib/idempotency/dynamodb-transaction';
import { identityOfEvent } from '../../../lib/idempotency/identity';
import { KEPT_SECONDS } from '../../../lib/idempotency/record';
import { findItem } from '../../../lib/table/dynamodb-table';
import { openRoomTable, type RoomTable } from '../../support/room-table';

const CONTRACT = { partitionKey: 'id', timeToLive: 'expiresAtSeconds' } as const;
const START_MS = Date.UTC(2026, 0, 1);

describe('a transaction with its record', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable();
    await room.table.client.send(new PutCommand({ TableName: room.table.name, Item: { id: 'a', n: 5 } }));
  });
  afterEach(() => room.close());

  const take = (quantity: number): TransactionWrite => ({
    Update: {
      TableName: room.table.name,
      Key: { id: 'a' },
      UpdateExpression: 'SET n = n - :quantity',
      ConditionExpression: 'n >= :quantity',
      ExpressionAttributeValues: { ':quantity': quantity },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  });
  const put = (id: string): TransactionWrite => ({ Put: { TableName: room.table.name, Item: { id } } });
  interface Request {
    readonly result?: string;
    readonly fingerprint?: string;
    readonly now?: number;
    readonly table?: RoomTable['table'];
  }
  const transact = (writes: readonly TransactionWrite[], request: Request = {}) => {
    const { result = 'made', fingerprint = '', now = START_MS, table = room.table } = request;
    return transactOnce(table, CONTRACT, { ...identityOfEvent('test', 'e1'), fingerprint }, { writes, result, now });
  };
  const left = async () => (await findItem<{ n: number }>(room.table, { id: 'a' }))?.n;

  it('makes all its writes', async () => {
    expect(await transact([take(2), put('b')])).toEqual({ kind: 'made', result: 'made', replayed: false });
    expect(await left()).toBe(3);
    expect(await findItem(room.table, { id: 'b' })).toEqual({ id: 'b' });
  });

  it('makes none of them again, and answers as the first time, also when they would be refused by now', async () => {
    await transact([take(5)], { result: 'first' });

    expect(await transact([take(5)], { result: 'second' })).toEqual({ kind: 'made', result: 'first', replayed: true });
    expect(await left()).toBe(0);
  });

  it('is not made for another request with the same key', async () => {
    await transact([take(1)], { fingerprint: 'a' });

    await expect(transact([take(1)], { fingerprint: 'b' })).rejects.toMatchObject({ status: 422 });
    expect(await left()).toBe(4);
  });

  it('tells which writes were refused by what, and leaves no record', async () => {
    expect(await transact([put('b'), take(6)])).toEqual({ kind: 'refused', items: [undefined, { id: 'a', n: 5 }] });

    expect(await findItem(room.table, { id: 'b' })).toBeUndefined();
    expect(await transact([take(5)])).toMatchObject({ kind: 'made', replayed: false });
  });

  it('is remembered for a day, whether the record has been deleted or not', async () => {
    const dayMs = KEPT_SECONDS * 1000;
    await transact([take(1)]);

    expect(await transact([take(1)], { now: START_MS + dayMs - 1 })).toMatchObject({ replayed: true });
    expect(await transact([take(1)], { now: START_MS + dayMs })).toMatchObject({ replayed: false });
    expect(await left()).toBe(3);
  });

  /** A table that cancels every transaction for these reasons. */
  const cancelling = (...reasons: Array<{ Code: string; Item?: object }>) => {
    const CancellationReasons = reasons.map(({ Code, Item }) => ({ Code, ...(Item && { Item: marshall(Item) }) }));
    const error = new TransactionCanceledException({ $metadata: {}, message: 'cancelled', CancellationReasons });
    return { name: 'things', client: { send: () => Promise.reject(error) } } as unknown as RoomTable['table'];
  };

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'may be tried again after %s, which says nothing about the items',
    async (Code) => {
      const table = cancelling({ Code: 'None' }, { Code }, { Code: 'ConditionalCheckFailed' });

      await expect(transact([take(1), put('b')], { table })).rejects.toMatchObject({
        code: 'CONTENDED',
        retryable: true,
      });
    },
  );

  it('was made before when its record is there, whatever else is said', async () => {
    const record = { id: 'r', fingerprint: '', answer: '"first"' };
    const table = cancelling({ Code: 'ConditionalCheckFailed', Item: record }, { Code: 'TransactionConflict' });

    expect(await transact([take(1)], { table })).toEqual({ kind: 'made', result: 'first', replayed: true });
  });

  it('lets an error of ours through', async () => {
    const table = cancelling({ Code: 'None' }, { Code: 'ValidationError' });

    await expect(transact([take(1)], { table })).rejects.toThrow(TransactionCanceledException);
  });
});
