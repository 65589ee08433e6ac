import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { type ReturnRecord, returnKey, type StockRow } from '../../../functions/inventory/domain';
import { returnLine } from '../../../functions/inventory/dynamodb-return';
import {
  findStock,
  listPrices,
  putStock,
  RELEASED_FOR_SECONDS,
  reserve,
  sell,
} from '../../../functions/inventory/store';
import { toTimestamp } from '../../../lib/clock';
import { findItem, type Table } from '../../../lib/table/dynamodb-table';
import { clock, ORDER_ID } from '../../support/a-command';
import { openRoomTable, type RoomTable } from '../../support/room-table';

const NOW_MS = clock.now();
const MUG = { sku: 'MUG-01', name: 'Mug', unitPriceCents: 1200, currency: 'EUR', onHand: 10 };
const TWO = { sku: 'MUG-01', quantity: 2 };
const UNTIL = NOW_MS / 1000 + RELEASED_FOR_SECONDS;
const DAY_MS = 24 * 3600 * 1000;

let room: RoomTable;
let table: Table;
beforeEach(async () => {
  room = await openRoomTable({ partitionKey: 'sku' });
  table = room.table;
  await putStock(table, MUG, NOW_MS);
});
afterEach(() => room.close());

const rowOf = async () => (await findItem<StockRow>(table, { sku: 'MUG-01' })) as StockRow;
const recordOf = () => findItem<ReturnRecord>(table, { sku: returnKey(ORDER_ID, 'MUG-01') });
const deleteRow = () => table.client.send(new DeleteCommand({ TableName: table.name, Key: { sku: 'MUG-01' } }));
const buy = async () => {
  await reserve(table, ORDER_ID, TWO, NOW_MS);
  await sell(table, ORDER_ID, TWO, NOW_MS);
};

describe('what an order had', () => {
  it('comes back to the stock after it was sold', async () => {
    await buy();

    await returnLine(table, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 10, reserved: 0, pending: {}, sold: 2, returned: 2 });
  });

  it('comes back before it was sold, and a sale that comes later finds nothing', async () => {
    await reserve(table, ORDER_ID, TWO, NOW_MS);
    await returnLine(table, ORDER_ID, TWO, NOW_MS);
    const returned = await rowOf();

    await sell(table, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toEqual(returned);
    expect(returned).toMatchObject({ available: 10, reserved: 0, pending: {}, sold: 2, returned: 2 });
  });

  it('is given back as it was reserved, whatever the command says', async () => {
    await reserve(table, ORDER_ID, TWO, NOW_MS);

    await returnLine(table, ORDER_ID, { ...TWO, quantity: 9 }, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 10, reserved: 0, sold: 2, returned: 2 });
  });

  it.each([0, 1000, 400 * DAY_MS])(
    'comes back once, also when it is brought back again %d ms later',
    async (laterMs) => {
      await buy();
      await returnLine(table, ORDER_ID, TWO, NOW_MS);
      const returned = await rowOf();

      await returnLine(table, ORDER_ID, TWO, NOW_MS + laterMs);

      expect(await rowOf()).toEqual(returned);
    },
  );

  it('is not reserved again by a reservation that comes late', async () => {
    await buy();
    await returnLine(table, ORDER_ID, TWO, NOW_MS + 60_000);

    await expect(reserve(table, ORDER_ID, TWO, NOW_MS + 60_000)).rejects.toMatchObject({ name: 'StepUndoneError' });
    expect((await rowOf()).released).toEqual({ [ORDER_ID]: UNTIL + 60 });
  });

  it('is noted for ever, under a key that is no SKU', async () => {
    await buy();

    await returnLine(table, ORDER_ID, TWO, NOW_MS);

    expect(await recordOf()).toEqual({
      sku: `return#${ORDER_ID}#MUG-01`,
      orderId: ORDER_ID,
      returnedSku: 'MUG-01',
      quantity: 2,
      returnedAt: toTimestamp(NOW_MS),
    });
  });

  it('comes back to what the shop has counted in between', async () => {
    await buy();
    await putStock(table, { ...MUG, onHand: 7 }, NOW_MS);

    await returnLine(table, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 9, counted: 7, soldBefore: 2, returnedBefore: 0, returned: 2 });
  });
});

describe('a row that somebody has deleted', () => {
  beforeEach(async () => {
    await buy();
    await deleteRow();
  });

  it('is made anew for what comes back, once', async () => {
    await returnLine(table, ORDER_ID, TWO, NOW_MS);
    await returnLine(table, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 2, reserved: 0, pending: {}, released: { [ORDER_ID]: UNTIL } });
    expect(await recordOf()).toBeDefined();
  });

  it('is not shown and not sold from until the shop counts again', async () => {
    await returnLine(table, ORDER_ID, TWO, NOW_MS);

    const other = `ord_${'b'.repeat(32)}`;
    await expect(reserve(table, other, TWO, NOW_MS)).rejects.toMatchObject({ name: 'UnknownSkuError' });
    expect(await findStock(table, 'MUG-01')).toBeUndefined();
    expect(await listPrices(table, ['MUG-01'])).toEqual([]);
    const { row, created } = await putStock(table, { ...MUG, onHand: 5 }, NOW_MS);
    expect({ ...row, created }).toMatchObject({ available: 5, created: true });
    await reserve(table, other, TWO, NOW_MS);
  });

  it('gets what comes back when it is made by somebody else at the same time', async () => {
    let calls = 0;
    const hindered = room.tableOf(async (call) => {
      calls += 1;
      if (calls === 2) await putStock(table, { ...MUG, onHand: 5 }, NOW_MS);
      return call();
    });

    await returnLine(hindered, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ name: 'Mug', available: 7 });
    expect(calls).toBe(3);
  });

  it('fails to be written, to be tried again, when it is made and deleted each time', async () => {
    let calls = 0;
    const hindered = room.tableOf(async (call) => {
      calls += 1;
      await (calls % 2 === 0 ? putStock(table, MUG, NOW_MS) : deleteRow());
      return call();
    });

    await expect(returnLine(hindered, ORDER_ID, TWO, NOW_MS)).rejects.toMatchObject({ name: 'StockContendedError' });
    expect(await recordOf()).toBeUndefined();
  });
});

describe('a row that others write', () => {
  const conflict = (Code: string) =>
    new TransactionCanceledException({
      $metadata: {},
      message: 'cancelled',
      CancellationReasons: [{ Code: 'None' }, { Code }],
    });

  it.each(['TransactionConflict', 'ThrottlingError'])('is tried again some times after a %s', async (code) => {
    await buy();
    let calls = 0;
    const hindered = room.tableOf((call) => {
      calls += 1;
      return calls < 5 ? Promise.reject(conflict(code)) : call();
    });

    await returnLine(hindered, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 10, returned: 2 });
  });

  it('is left to the saga, which tries again, when that does not help', async () => {
    await buy();
    const hindered = room.tableOf(() => Promise.reject(conflict('TransactionConflict')));

    await expect(returnLine(hindered, ORDER_ID, TWO, NOW_MS)).rejects.toMatchObject({
      name: 'ItemContendedError',
      retryable: true,
    });
    expect(await rowOf()).toMatchObject({ available: 8 });
  });

  it('is brought back to once when the reply is lost', async () => {
    await buy();
    const losing = room.tableOf(async (call) => {
      await call();
      throw new Error('the reply was lost');
    });

    await expect(returnLine(losing, ORDER_ID, TWO, NOW_MS)).rejects.toThrow('lost');
    await returnLine(table, ORDER_ID, TWO, NOW_MS);

    expect(await rowOf()).toMatchObject({ available: 10, sold: 2, returned: 2 });
  });
});
