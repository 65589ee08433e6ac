import '../../../support/environment';
import { releaseStock } from '../../../../functions/inventory/handlers/release-stock';
import { findStock, putStock, RELEASED_FOR_SECONDS, reserve } from '../../../../functions/inventory/store';
import { aCommand, clock, ORDER_ID } from '../../../support/a-command';
import { openRoomTable, type RoomTable } from '../../../support/room-table';

const MUG = { sku: 'MUG-01', quantity: 2 };
const TEA = { sku: 'TEA-01', quantity: 1 };
const COMMAND = aCommand('ReleaseStock', { orderId: ORDER_ID, lines: [MUG, TEA] });
const RELEASED = { [ORDER_ID]: clock.now() / 1000 + RELEASED_FOR_SECONDS };

describe('releasing stock', () => {
  let room: RoomTable;
  let calls: number;
  beforeEach(async () => {
    room = await openRoomTable({ partitionKey: 'sku' });
    calls = 0;
    for (const sku of ['MUG-01', 'TEA-01']) {
      const item = { sku, name: sku, unitPriceCents: 1, currency: 'EUR', onHand: 10 };
      await putStock(room.table, item, clock.now());
    }
  });
  afterEach(() => room.close());

  /** With the calls of DynamoDB that fail, counted from 1. */
  const releaseFailing = (...failing: number[]) => {
    const table = room.tableOf((call) => {
      calls += 1;
      return failing.includes(calls) ? Promise.reject(new Error('throttled')) : call();
    });
    return releaseStock(table, clock)(COMMAND);
  };

  test('gives back what was reserved and refuses a late reservation from then on, in one write for each line', async () => {
    await reserve(room.table, ORDER_ID, MUG, clock.now());
    await reserve(room.table, ORDER_ID, TEA, clock.now());

    expect(await releaseFailing()).toEqual({});

    expect(calls).toBe(2);
    for (const { sku } of [MUG, TEA]) {
      expect(await findStock(room.table, sku)).toMatchObject({
        available: 10,
        reserved: 0,
        pending: {},
        released: RELEASED,
      });
    }
  });

  test('leaves the mark as well on a line that was never reserved', async () => {
    await reserve(room.table, ORDER_ID, MUG, clock.now());

    await releaseFailing();

    expect(calls).toBe(2);
    expect(await findStock(room.table, 'TEA-01')).toMatchObject({ available: 10, reserved: 0, released: RELEASED });
    await expect(reserve(room.table, ORDER_ID, TEA, clock.now())).rejects.toMatchObject({ name: 'StepUndoneError' });
  });

  test('gives nothing back twice', async () => {
    await reserve(room.table, ORDER_ID, MUG, clock.now());
    await releaseFailing();

    await releaseFailing();

    expect(await findStock(room.table, 'MUG-01')).toMatchObject({ available: 10, reserved: 0 });
  });

  test.each([
    ['first', 1, 'TEA-01'],
    ['last', 2, 'MUG-01'],
  ])('gives back every other line when the %s fails, and then fails itself', async (_, failing, sku) => {
    for (const line of [MUG, TEA]) await reserve(room.table, ORDER_ID, line, clock.now());

    await expect(releaseFailing(failing)).rejects.toThrow('throttled');

    expect(await findStock(room.table, sku)).toMatchObject({ available: 10, reserved: 0 });
  });
});
