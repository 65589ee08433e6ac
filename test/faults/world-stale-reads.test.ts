import { orders } from '../../functions/orders/contract';
import { type DynamoDb, streamArn } from '../../infra/local/dynamodb/dynamodb';
import { PLACE } from './world/place';
import { type SimulatedClock, simulatedClock } from './world/simulated-clock';
import { openStaleReads, type StaleReads } from './world/stale-reads';
import { openTables } from './world/tables';

const TableName = 'holdfast-dev-orders';
const START_AT = Date.UTC(2026, 0, 1);

let db: DynamoDb;
let clock: SimulatedClock;
let stale: StaleReads;
let after: string | undefined;

beforeEach(async () => {
  clock = simulatedClock(START_AT);
  ({ db } = await openTables([orders], clock));
  after = undefined;
  stale = openStaleReads({
    db,
    now: clock.now,
    openScratch: async () => (await openTables([orders], clock)).db,
    sortKeyOf: () => 'createdAt',
  });
});

/** Writes an order, and lets the stale reads know, as the stream does. */
async function put(orderId: string, status: string, createdAt: string): Promise<void> {
  const Item = {
    orderId: { S: orderId },
    status: { S: status },
    createdAt: { S: createdAt },
    customerId: { S: 'alice' },
  };
  await db.handle('PutItem', { TableName, Item });
  const records = await db.readStream(streamArn(PLACE, TableName), after, 100);
  for (const record of records) stale.note(TableName, record);
  after = records.at(-1)?.dynamodb.SequenceNumber ?? after;
}

const PENDING = {
  TableName,
  IndexName: 'byStatus',
  KeyConditionExpression: '#status = :status',
  ExpressionAttributeNames: { '#status': 'status' },
  ExpressionAttributeValues: { ':status': { S: 'PENDING' } },
};

async function pending(more: object = {}): Promise<string[]> {
  const { Items } = await stale.read('Query', { ...PENDING, ...more });
  return (Items as Array<{ orderId: { S: string } }>).map(({ orderId }) => orderId.S);
}

describe('a stale read of an index', () => {
  it('still has what has moved away, and has not got what is new', async () => {
    await put('order-1', 'PENDING', '2026-01-01');
    await put('order-1', 'CONFIRMED', '2026-01-01');
    await put('order-2', 'PENDING', '2026-01-02');

    expect(await pending()).toEqual(['order-1']);
  });

  it('has caught up a minute later', async () => {
    await put('order-1', 'PENDING', '2026-01-01');
    await put('order-1', 'CONFIRMED', '2026-01-01');
    await put('order-2', 'PENDING', '2026-01-02');
    await clock.run(START_AT + 61_000, () => false);

    expect(await pending()).toEqual(['order-2']);
  });

  it('has what it shows in the order of the index, and no more than it is asked for', async () => {
    await put('order-2', 'PENDING', '2026-01-02');
    await clock.run(START_AT + 61_000, () => false);
    for (const [orderId, createdAt] of [
      ['order-3', '2026-01-03'],
      ['order-1', '2026-01-01'],
    ] as const) {
      await put(orderId, 'PENDING', createdAt);
      await put(orderId, 'CONFIRMED', createdAt);
    }

    expect(await pending()).toEqual(['order-1', 'order-2', 'order-3']);
    expect(await pending({ ScanIndexForward: false, Limit: 2 })).toEqual(['order-3', 'order-2']);
  });

  it('has a whole page behind what it has not got yet, and says where to go on', async () => {
    await put('order-1', 'PENDING', '2026-01-01');
    await put('order-2', 'PENDING', '2026-01-02');
    await clock.run(START_AT + 61_000, () => false);
    await put('order-3', 'PENDING', '2026-01-03');

    expect(await pending({ ScanIndexForward: false, Limit: 2 })).toEqual(['order-2', 'order-1']);
    const newest = { ...PENDING, ScanIndexForward: false, Limit: 1 };
    const { LastEvaluatedKey: ExclusiveStartKey } = await stale.read('Query', newest);
    expect(await pending({ ScanIndexForward: false, Limit: 1, ExclusiveStartKey })).toEqual(['order-1']);
  });
});

describe('a stale read of an item', () => {
  it('shows the item as it was before its last write', async () => {
    const Key = { orderId: { S: 'order-1' } };
    await put('order-1', 'PENDING', '2026-01-01');
    expect(await stale.read('GetItem', { TableName, Key })).toEqual({});

    await put('order-1', 'CONFIRMED', '2026-01-01');

    expect(await stale.read('GetItem', { TableName, Key })).toMatchObject({ Item: { status: { S: 'PENDING' } } });
  });

  it('shows several items as they were, and those that nobody has written to since as they are', async () => {
    await put('order-1', 'PENDING', '2026-01-01');
    await put('order-1', 'CONFIRMED', '2026-01-01');
    const Item = { orderId: { S: 'order-2' }, status: { S: 'PENDING' }, createdAt: { S: '2026-01-02' } };
    await db.handle('PutItem', { TableName, Item });
    const Keys = ['order-1', 'order-2'].map((orderId) => ({ orderId: { S: orderId } }));
    const request = { RequestItems: { [TableName]: { Keys } } };

    expect(stale.canRead('BatchGetItem', request)).toBe(true);
    const { Responses } = await stale.read('BatchGetItem', request);

    const shown = (Responses as Record<string, Array<{ status: { S: string } }>>)[TableName];
    expect(shown?.map(({ status }) => status.S)).toEqual(['PENDING', 'PENDING']);
    const consistent = { RequestItems: { [TableName]: { Keys, ConsistentRead: true } } };
    expect(stale.canRead('BatchGetItem', consistent)).toBe(false);
  });

  it('is made only where it may be stale', async () => {
    await put('order-1', 'PENDING', '2026-01-01');

    expect(stale.canRead('GetItem', { TableName })).toBe(true);
    expect(stale.canRead('GetItem', { TableName, ConsistentRead: true })).toBe(false);
    expect(stale.canRead('UpdateItem', { TableName })).toBe(false);
    expect(stale.canRead('GetItem', { TableName: 'holdfast-dev-payments' })).toBe(false);
  });
});
