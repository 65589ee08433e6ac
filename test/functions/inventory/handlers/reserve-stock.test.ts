import '../../../support/environment';
import { reserveStock } from '../../../../functions/inventory/handlers/reserve-stock';
import { findStock, putStock, release } from '../../../../functions/inventory/store';
import { aCommand, clock, ORDER_ID } from '../../../support/a-command';
import { openRoomTable, type RoomTable } from '../../../support/room-table';

const TEA = { sku: 'TEA-01', quantity: 1 };
const MUG = { sku: 'MUG-01', quantity: 2 };
const COMMAND = aCommand('ReserveStock', { orderId: ORDER_ID, lines: [TEA, MUG] });

describe('reserving stock', () => {
  let room: RoomTable;
  let calls: number;
  beforeEach(async () => {
    room = await openRoomTable({ partitionKey: 'sku' });
    calls = 0;
  });
  afterEach(() => room.close());

  const stock = (sku: string, onHand: number) =>
    putStock(room.table, { sku, name: sku, unitPriceCents: 1, currency: 'EUR', onHand }, clock.now());

  const reserve = () => {
    const counted = room.tableOf((call) => {
      calls += 1;
      return call();
    });
    return reserveStock(counted, clock)(COMMAND);
  };

  const reservedOf = async (sku: string) => (await findStock(room.table, sku))?.pending;

  test('takes each line with one write', async () => {
    await stock('MUG-01', 10);
    await stock('TEA-01', 1);

    expect(await reserve()).toEqual({});

    expect(calls).toBe(2);
    expect(await findStock(room.table, 'MUG-01')).toMatchObject({
      available: 8,
      reserved: 2,
      pending: { [ORDER_ID]: 2 },
    });
    expect(await findStock(room.table, 'TEA-01')).toMatchObject({
      available: 0,
      reserved: 1,
      pending: { [ORDER_ID]: 1 },
    });
  });

  test('takes nothing twice, not even when the first time took the last pieces', async () => {
    await stock('MUG-01', 2);
    await stock('TEA-01', 1);
    await reserve();

    expect(await reserve()).toEqual({});

    expect(await reservedOf('MUG-01')).toEqual({ [ORDER_ID]: 2 });
  });

  test('is refused when there is too little, and leaves the lines after it in the order of SKUs', async () => {
    await stock('MUG-01', 1);
    await stock('TEA-01', 1);

    await expect(reserve()).rejects.toMatchObject({
      name: 'StockInsufficientError',
      message: '2 of MUG-01 asked for, 1 available',
    });

    expect(await reservedOf('TEA-01')).toEqual({});
  });

  test('keeps what it took before the line that is short, for the undo to give back', async () => {
    await stock('MUG-01', 2);
    await stock('TEA-01', 0);

    await expect(reserve()).rejects.toMatchObject({ name: 'StockInsufficientError' });

    expect(await reservedOf('MUG-01')).toEqual({ [ORDER_ID]: 2 });
  });

  test('is refused when there is no such SKU', async () => {
    await expect(reserve()).rejects.toMatchObject({ name: 'UnknownSkuError' });
  });

  test('is refused when the undo came first', async () => {
    await stock('MUG-01', 10);
    await release(room.table, ORDER_ID, MUG, clock.now());

    await expect(reserve()).rejects.toMatchObject({ name: 'StepUndoneError' });
  });
});
