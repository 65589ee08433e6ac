import { TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { StockRow } from '../../../functions/inventory/domain';
import {
  findStock,
  listPrices,
  MAX_OPEN_RESERVATIONS,
  MAX_RELEASED,
  putStock,
  RELEASED_FOR_SECONDS,
  release,
  reserve,
  sell,
} from '../../../functions/inventory/store';
import { findItem, type Table } from '../../../lib/table/dynamodb-table';
import { clock, ORDER_ID } from '../../support/a-command';
import { openRoomTable, type RoomTable } from '../../support/room-table';

const NOW_MS = clock.now();
const MUG = { sku: 'MUG-01', name: 'Mug', unitPriceCents: 1200, currency: 'EUR', onHand: 10 };
const TWO = { sku: 'MUG-01', quantity: 2 };
const UNTIL = NOW_MS / 1000 + RELEASED_FOR_SECONDS;
const orderId = (index: number) => `ord_${index.toString(16).padStart(32, '0')}`;

let room: RoomTable;
let table: Table;
/** Every write that reached the table. */
let writes: string[];

beforeEach(async () => {
  room = await openRoomTable({ partitionKey: 'sku' });
  writes = [];
  table = room.tableOf((call) => {
    writes.push('call');
    return call();
  });
});
afterEach(() => room.close());

const rowOf = async (sku = 'MUG-01') => (await findItem<StockRow>(room.table, { sku })) as StockRow;

const fill = (attribute: 'pending' | 'released', entries: Record<string, number>) =>
  room.table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { sku: 'MUG-01' },
      UpdateExpression: `SET ${attribute} = :entries`,
      ExpressionAttributeValues: { ':entries': entries },
    }),
  );

/** Removes expired notes, as one order of sixteen does. */
const PRUNER = orderId(4096);

const entriesOf = (count: number, value: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [orderId(index), value]));

describe('a reservation', () => {
  beforeEach(() => putStock(room.table, MUG, NOW_MS));

  it('becomes a sale in one write, and the pieces leave the stock', async () => {
    await reserve(table, ORDER_ID, TWO, NOW_MS);
    await sell(table, ORDER_ID, TWO, NOW_MS);

    expect(writes).toHaveLength(2);
    expect(await rowOf()).toMatchObject({ available: 8, reserved: 0, pending: {}, released: { [ORDER_ID]: UNTIL } });
  });

  it('is sold once', async () => {
    await reserve(table, ORDER_ID, TWO, NOW_MS);
    await sell(table, ORDER_ID, TWO, NOW_MS);
    const sold = await rowOf();

    await sell(table, ORDER_ID, TWO, NOW_MS + 1000);

    expect(await rowOf()).toEqual(sold);
  });

  it('is not sold after it was released', async () => {
    await reserve(table, ORDER_ID, TWO, NOW_MS);
    await release(table, ORDER_ID, TWO, NOW_MS);
    const released = await rowOf();

    await sell(table, ORDER_ID, TWO, NOW_MS + 1000);

    expect(await rowOf()).toEqual(released);
  });

  it('that is repeated after the sale takes nothing', async () => {
    await reserve(table, ORDER_ID, TWO, NOW_MS);
    await sell(table, ORDER_ID, TWO, NOW_MS);

    await expect(reserve(table, ORDER_ID, TWO, NOW_MS)).rejects.toMatchObject({ name: 'StepUndoneError' });
    expect(await rowOf()).toMatchObject({ available: 8, reserved: 0 });
  });

  it('is given back as it was taken, whatever the command to release says', async () => {
    await reserve(table, ORDER_ID, TWO, NOW_MS);
    await release(table, ORDER_ID, { ...TWO, quantity: 9 } as typeof TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 10, reserved: 0, pending: {} });
  });
});

describe('the note of a released order', () => {
  beforeEach(() => putStock(room.table, MUG, NOW_MS));

  it('lasts longer when the order is released again: a second execution may be late as well', async () => {
    await release(table, ORDER_ID, TWO, NOW_MS);
    await release(table, ORDER_ID, TWO, NOW_MS + 60_000);

    expect((await rowOf()).released).toEqual({ [ORDER_ID]: UNTIL + 60 });
  });

  it('is removed with others by the next write of an order whose id ends in 0, once twenty have expired', async () => {
    await fill('released', { ...entriesOf(20, NOW_MS / 1000 - 1), [orderId(99)]: UNTIL });

    await reserve(table, PRUNER, TWO, NOW_MS);

    expect((await rowOf()).released).toEqual({ [orderId(99)]: UNTIL });
    expect(writes).toHaveLength(2);
  });

  it('stays while few have expired: each removal is a write', async () => {
    await fill('released', entriesOf(19, NOW_MS / 1000 - 1));

    await reserve(table, PRUNER, TWO, NOW_MS);

    expect(Object.keys((await rowOf()).released)).toHaveLength(19);
    expect(writes).toHaveLength(1);
  });

  it('stays when it is set anew while it would be removed', async () => {
    await fill('released', entriesOf(20, NOW_MS / 1000 - 1));
    const hindered = room.tableOf(async (call) => {
      writes.push('call');
      if (writes.length === 2) await release(room.table, orderId(3), TWO, NOW_MS);
      return call();
    });

    await reserve(hindered, PRUNER, TWO, NOW_MS);

    expect((await rowOf()).released[orderId(3)]).toBe(UNTIL);
  });

  it('does not fail the write that came before its removal', async () => {
    await fill('released', entriesOf(20, NOW_MS / 1000 - 1));
    const failing = room.tableOf((call) => {
      writes.push('call');
      return writes.length === 2 ? Promise.reject(new Error('throttled')) : call();
    });

    await reserve(failing, PRUNER, TWO, NOW_MS);

    expect((await rowOf()).pending).toEqual({ [PRUNER]: 2 });
  });
});

describe('an unknown SKU', () => {
  it('gets a row for the note alone, which the API does not show', async () => {
    await release(table, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 0, reserved: 0, released: { [ORDER_ID]: UNTIL } });
    expect(await findStock(room.table, 'MUG-01')).toBeUndefined();
    expect(await listPrices(room.table, ['MUG-01'])).toEqual([]);
    await expect(reserve(table, orderId(1), TWO, NOW_MS)).rejects.toMatchObject({ name: 'UnknownSkuError' });
  });

  it('refuses the late reservation of the order when it is put a moment later', async () => {
    await release(table, ORDER_ID, TWO, NOW_MS);
    const { created } = await putStock(table, MUG, NOW_MS);

    expect(created).toBe(true);
    await expect(reserve(table, ORDER_ID, TWO, NOW_MS)).rejects.toMatchObject({ name: 'StepUndoneError' });
    await reserve(table, orderId(1), TWO, NOW_MS);
    expect(await rowOf()).toMatchObject({ available: 8, reserved: 2 });
  });

  it('is released in three writes when it is put in between', async () => {
    const hindered = room.tableOf(async (call) => {
      writes.push('call');
      if (writes.length === 2) await putStock(room.table, MUG, NOW_MS);
      return call();
    });

    await release(hindered, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ name: 'Mug', available: 10, released: { [ORDER_ID]: UNTIL } });
    expect(writes).toHaveLength(3);
  });
});

describe('a row that a transaction is writing', () => {
  const conflict = new TransactionConflictException({ $metadata: {}, message: 'Transaction is ongoing for the item' });
  /** Refuses every other call. */
  const contended = () =>
    room.tableOf((call) => {
      writes.push('call');
      return writes.length % 2 === 1 ? Promise.reject(conflict) : call();
    });

  it('is written a moment later', async () => {
    const table = contended();

    await putStock(table, MUG, NOW_MS);
    await reserve(table, ORDER_ID, TWO, NOW_MS);
    await release(table, ORDER_ID, TWO, NOW_MS);
    await reserve(table, orderId(1), TWO, NOW_MS);
    await sell(table, orderId(1), TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 8, reserved: 0, sold: 2 });
    expect(writes).toHaveLength(10);
  });

  it('is left to the caller when it goes on for long', async () => {
    const table = room.tableOf(() => Promise.reject(conflict));

    await expect(putStock(table, MUG, NOW_MS)).rejects.toMatchObject({ name: 'ItemContendedError', status: 503 });
  });
});

describe('a crowded row', () => {
  beforeEach(() => putStock(room.table, { ...MUG, onHand: 1_000_000 }, NOW_MS));

  it.each([
    ['open reservations', 'pending', MAX_OPEN_RESERVATIONS, 1],
    ['notes of released orders', 'released', MAX_RELEASED, UNTIL],
  ] as const)(
    'takes no reservation beside as many %s as it may have, and still gives back',
    async (_, of, max, value) => {
      await fill(of, entriesOf(max, value));

      await expect(reserve(table, ORDER_ID, TWO, NOW_MS)).rejects.toMatchObject({ name: 'StockContendedError' });
      await release(table, orderId(0), TWO, NOW_MS);

      expect((await rowOf()).released[orderId(0)]).toBe(UNTIL);
    },
  );

  it('takes the last one that it may have', async () => {
    await fill('pending', entriesOf(MAX_OPEN_RESERVATIONS - 1, 1));

    await reserve(table, ORDER_ID, TWO, NOW_MS);

    expect((await rowOf()).pending[ORDER_ID]).toBe(2);
  });
});
