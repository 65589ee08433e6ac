import '../../../support/environment';
import { sellStock } from '../../../../functions/inventory/handlers/sell-stock';
import { findStock, putStock, reserve } from '../../../../functions/inventory/store';
import { clock, ORDER_ID } from '../../../support/a-command';
import { openRoomTable, type RoomTable } from '../../../support/room-table';

const MUG = { sku: 'MUG-01', quantity: 2 };
const TEA = { sku: 'TEA-01', quantity: 1 };
const LINES = [MUG, TEA];
const EVENT = {
  data: { orderId: ORDER_ID, customerId: 'alice', lines: LINES, total: { amountMinor: 1, currency: 'EUR' } },
};

let room: RoomTable;
let calls: number;
beforeEach(async () => {
  room = await openRoomTable({ partitionKey: 'sku' });
  calls = 0;
  for (const line of LINES) {
    const item = { sku: line.sku, name: line.sku, unitPriceCents: 1, currency: 'EUR', onHand: 10 };
    await putStock(room.table, item, clock.now());
    await reserve(room.table, ORDER_ID, line, clock.now());
  }
});
afterEach(() => room.close());

/** The table with the calls of DynamoDB that fail, counted from 1. */
const failing = (...numbers: number[]) =>
  room.tableOf((call) => {
    calls += 1;
    return numbers.includes(calls) ? Promise.reject(new Error('throttled')) : call();
  });
const rows = () => Promise.all(LINES.map(({ sku }) => findStock(room.table, sku)));

describe('selling the stock of a confirmed order', () => {
  test('takes each line out of what is reserved, in one write each', async () => {
    await sellStock(failing(), clock)(EVENT);

    expect(calls).toBe(2);
    expect(await rows()).toMatchObject([
      { available: 8, reserved: 0, pending: {}, sold: 2 },
      { available: 9, reserved: 0, pending: {}, sold: 1 },
    ]);
  });

  test('sells once, however often the event comes', async () => {
    for (let times = 0; times < 3; times += 1) await sellStock(room.table, clock)(EVENT);

    expect(await rows()).toMatchObject([{ sold: 2 }, { sold: 1 }]);
  });

  test.each([
    [1, 1],
    [2, 0],
  ])('sells every other line when call %d fails, and then fails itself: it comes again', async (number, index) => {
    await expect(sellStock(failing(number), clock)(EVENT)).rejects.toThrow('throttled');
    expect((await rows())[index]).toMatchObject({ reserved: 0 });

    await sellStock(room.table, clock)(EVENT);

    expect(await rows()).toMatchObject([
      { available: 8, reserved: 0, sold: 2 },
      { available: 9, reserved: 0, sold: 1 },
    ]);
  });
});
