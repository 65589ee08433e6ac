import '../../../support/environment';
import type { OrderRow } from '../../../../functions/orders/domain';
import { sweepOrders } from '../../../../functions/orders/handlers/sweep-orders';
import { toTimestamp } from '../../../../lib/clock';
import { clock, NOW } from '../../../support/a-command';
import { type FakeMachines, fakeMachines } from '../fake-machines';
import { type OrdersTable, openOrdersTable } from '../orders-table';

const MINUTE = 60_000;
const idOf = (index: number) => `ord_${String(index).padStart(32, '0')}`;
const minutesAgo = (minutes: number) => toTimestamp(clock.now() - minutes * MINUTE);

describe('sweeping orders', () => {
  let orders: OrdersTable;
  let place: FakeMachines;
  let cancel: FakeMachines;
  beforeEach(async () => {
    orders = await openOrdersTable();
    place = fakeMachines();
    cancel = fakeMachines();
    jest.spyOn(console, 'warn').mockImplementation();
    jest.spyOn(console, 'error').mockImplementation();
  });
  afterEach(async () => {
    await orders.close();
    jest.restoreAllMocks();
  });
  const sweep = (now: () => number = clock.now) =>
    sweepOrders(orders.table, { 'place-order': place, 'cancel-order': cancel }, { now })();
  const put = (index: number, row: Partial<OrderRow> = {}) =>
    orders.put({ orderId: idOf(index), createdAt: minutesAgo(3), ...row });

  test('takes up those that are open for more than two minutes, and no others', async () => {
    await put(1);
    await put(2, { createdAt: minutesAgo(1) });
    await put(3, { status: 'CANCELLING', confirmedAt: NOW, cancelRequestedAt: minutesAgo(3) });
    await put(4, { status: 'CONFIRMED', confirmedAt: NOW });
    await put(5, { status: 'REJECTED' });
    await put(6, { status: 'NEEDS_ATTENTION' });

    expect(await sweep()).toEqual({ running: 0, started: 2, waiting: 0, taken: 0, failed: 0 });

    expect(place.started).toEqual([`repair ${idOf(1)}`]);
    expect(cancel.started).toEqual([`repair ${idOf(3)}`]);
  });

  test('goes through more than a page, the oldest first', async () => {
    for (let index = 0; index < 60; index += 1) await put(index, { createdAt: minutesAgo(100 - index) });

    expect(await sweep()).toMatchObject({ started: 60 });

    expect(place.started.slice(0, 25).sort()).toEqual(Array.from({ length: 25 }, (_, i) => `repair ${idOf(i)}`));
  });

  test('begins no page for which it may have no time left', async () => {
    for (let index = 0; index < 60; index += 1) await put(index, { createdAt: minutesAgo(100 - index) });
    let now = clock.now();

    const counts = await sweep(() => {
      now += 1_000;
      return now;
    });

    expect(counts.started).toBe(50);
  });

  test('does not let one order that fails keep the others from it', async () => {
    await put(1);
    await put(2);
    place.failNext('without effect');

    await expect(sweep()).rejects.toThrow('1 sagas could not be taken up');
    expect(place.started).toHaveLength(1);
  });
});
