import '../../../support/environment';
import { putStockItem } from '../../../../functions/inventory/handlers/put-stock-item';
import { findStock, reserve } from '../../../../functions/inventory/store';
import { clock, NOW, ORDER_ID } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { openRoomTable, type RoomTable } from '../../../support/room-table';

const BODY = { name: 'Mug', unitPriceCents: 1200, currency: 'EUR', onHand: 10 };
const ITEM = { sku: 'MUG-01', name: 'Mug', unitPriceCents: 1200, currency: 'EUR', updatedAt: NOW };

describe('putting a stock item', () => {
  let room: RoomTable;
  beforeEach(async () => {
    room = await openRoomTable({ partitionKey: 'sku' });
  });
  afterEach(() => room.close());

  const put = (change: Partial<typeof BODY> = {}) =>
    putStockItem(room.table, clock)(aRequest({ path: { sku: 'MUG-01' }, body: { ...BODY, ...change } }));

  test('makes a new one, of which everything is available', async () => {
    const answer = await put();

    expect(answer).toEqual({ status: 201, body: { ...ITEM, onHand: 10, available: 10, reserved: 0 } });
    expect(await findStock(room.table, 'MUG-01')).toEqual({
      ...ITEM,
      available: 10,
      reserved: 0,
      pending: {},
      released: {},
      counted: 10,
      soldBefore: 0,
      returnedBefore: 0,
    });
  });

  test('changes one that is there, and keeps what is reserved', async () => {
    await put();
    await reserve(room.table, ORDER_ID, { sku: 'MUG-01', quantity: 3 }, clock.now());

    const answer = await put({ name: 'Cup', onHand: 5 });

    expect(answer).toEqual({ status: 200, body: { ...ITEM, name: 'Cup', onHand: 5, available: 2, reserved: 3 } });
    expect(await findStock(room.table, 'MUG-01')).toMatchObject({
      name: 'Cup',
      available: 2,
      pending: { [ORDER_ID]: 3 },
    });
  });

  test('counts as few pieces as are reserved, not fewer', async () => {
    await put();
    await reserve(room.table, ORDER_ID, { sku: 'MUG-01', quantity: 3 }, clock.now());

    await expect(put({ onHand: 2 })).rejects.toMatchObject({ status: 409, code: 'ON_HAND_BELOW_RESERVED' });
    expect(await put({ onHand: 3 })).toMatchObject({ status: 200, body: { available: 0, reserved: 3 } });
  });
});
