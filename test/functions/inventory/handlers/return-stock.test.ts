import '../../../support/environment';
import { returnStock } from '../../../../functions/inventory/handlers/return-stock';
import { sellStock } from '../../../../functions/inventory/handlers/sell-stock';
import { findStock, putStock, reserve } from '../../../../functions/inventory/store';
import { aCommand, clock, ORDER_ID } from '../../../support/a-command';
import { openRoomTable, type RoomTable } from '../../../support/room-table';

const MUG = { sku: 'MUG-01', quantity: 2 };
const TEA = { sku: 'TEA-01', quantity: 1 };
const LINES = [MUG, TEA];
const COMMAND = aCommand('ReturnStock', { orderId: ORDER_ID, lines: LINES });
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

describe('bringing back the stock of a confirmed order', () => {
  test.each([
    ['sold', ['sell', 'return']],
    ['not sold yet', ['return', 'sell']],
    ['sold while it is brought back, both again and again', ['return', 'sell', 'return', 'sell', 'return']],
  ])('leaves all of it available when it is %s', async (_, happenings) => {
    for (const happening of happenings) {
      if (happening === 'sell') await sellStock(room.table, clock)(EVENT);
      else expect(await returnStock(room.table, clock)(COMMAND)).toEqual({});
    }

    expect(await rows()).toMatchObject([
      { available: 10, reserved: 0, pending: {}, sold: 2, returned: 2 },
      { available: 10, reserved: 0, pending: {}, sold: 1, returned: 1 },
    ]);
  });

  test.each([
    ['first', 1, 1],
    ['last', 2, 0],
  ])('brings back every other line when the %s fails, and then fails itself', async (_, number, index) => {
    await expect(returnStock(failing(number), clock)(COMMAND)).rejects.toThrow('throttled');

    expect((await rows())[index]).toMatchObject({ available: 10, reserved: 0 });
  });
});
