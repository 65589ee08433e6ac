import '../../../support/environment';
import type { OrderRow, OrderStatus, SagaStatus } from '../../../../functions/orders/domain';
import { getSaga } from '../../../../functions/orders/handlers/get-saga';
import { listSagas } from '../../../../functions/orders/handlers/list-sagas';
import { redriveSaga } from '../../../../functions/orders/handlers/redrive-saga';
import { toTimestamp } from '../../../../lib/clock';
import { clock, NOW, ORDER_ID } from '../../../support/a-command';
import { fakeMachines } from '../fake-machines';
import { type OrdersTable, openOrdersTable } from '../orders-table';

const idOf = (index: number) => `ord_${String(index).padStart(32, '0')}`;
const at = (index: number) => toTimestamp(clock.now() + index * 1000);
const repair = { attempt: 1, saga: 'place-order', role: 'undo', startedAt: at(60) } as const;

let orders: OrdersTable;
beforeEach(async () => {
  orders = await openOrdersTable();
});
afterEach(() => orders.close());

describe('listing sagas', () => {
  const STATES: OrderStatus[] = ['PENDING', 'CANCELLING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'];
  const putAll = async () => {
    for (let index = 0; index < 30; index += 1) {
      await orders.put({
        orderId: idOf(index),
        status: STATES[index % 6] as OrderStatus,
        createdAt: at(index),
        updatedAt: at(index + 1),
      });
    }
  };
  async function listAll(status: SagaStatus, limit: number) {
    const pages = [await listSagas(orders.table)({ status, limit })];
    for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor) {
      pages.push(await listSagas(orders.table)({ status, limit, cursor }));
    }
    return pages.flatMap(({ items }) => items);
  }

  test.each<[SagaStatus, OrderStatus[]]>([
    ['running', ['PENDING', 'CANCELLING']],
    ['completed', ['CONFIRMED']],
    ['compensated', ['REJECTED', 'CANCELLED']],
    ['parked', ['NEEDS_ATTENTION']],
  ])('%s lists the orders that are %j, newest first in each, in pages of any size', async (status, states) => {
    await putAll();
    const expected = states.flatMap((state) =>
      Array.from({ length: 5 }, (_, index) => idOf(STATES.indexOf(state) + 6 * (4 - index))),
    );

    for (const limit of [1, 2, 3, 5, 100]) {
      expect((await listAll(status, limit)).map(({ orderId }) => orderId)).toEqual(expected);
    }
  });

  test('does not end a page with a state of which there is none', async () => {
    await orders.put({ status: 'CANCELLING', confirmedAt: NOW, cancelRequestedAt: NOW });

    const page = await listSagas(orders.table)({ status: 'running', limit: 100 });

    expect(page).toEqual({ items: [expect.objectContaining({ orderId: ORDER_ID, status: 'running' })] });
  });

  test('says since when, and until when those that have ended', async () => {
    await putAll();

    expect((await listAll('completed', 1))[0]).toEqual({
      orderId: idOf(26),
      status: 'completed',
      startedAt: at(26),
      endedAt: at(27),
    });
    expect((await listAll('parked', 1))[0]).toEqual({ orderId: idOf(29), status: 'parked', startedAt: at(29) });
  });

  test('refuses a cursor of another list', async () => {
    await expect(listSagas(orders.table)({ status: 'parked', limit: 1, cursor: 'abc' })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    });
  });

  test('answers no more than the rows say now, though the index lags behind', async () => {
    await orders.put({ status: 'CONFIRMED' });

    expect(await listSagas(orders.table)({ status: 'running', limit: 10 })).toMatchObject({ items: [] });
  });
});

describe('the saga of an order', () => {
  test('has one execution at first, and those that took it up after it', async () => {
    await orders.put({ status: 'NEEDS_ATTENTION', repairs: [repair] });

    expect(await getSaga(orders.table)({ orderId: ORDER_ID })).toEqual({
      found: true,
      orderId: ORDER_ID,
      status: 'parked',
      executions: [
        { machine: { saga: 'place-order', role: 'main' }, name: ORDER_ID, startedAt: NOW },
        { machine: { saga: 'place-order', role: 'undo' }, name: `${ORDER_ID}-1`, startedAt: at(60) },
      ],
    });
  });

  test.each<[Partial<OrderRow>, string]>([
    [{ status: 'CANCELLING', confirmedAt: NOW }, 'running'],
    [{ status: 'CANCELLED', confirmedAt: NOW }, 'compensated'],
    [{ status: 'CONFIRMED', confirmedAt: NOW, handedOverAt: NOW }, 'completed'],
  ])('has those of its cancellation too when it is %j', async (row, status) => {
    await orders.put(row);

    expect(await getSaga(orders.table)({ orderId: ORDER_ID })).toMatchObject({
      status,
      executions: [{ machine: { saga: 'place-order' } }, { machine: { saga: 'cancel-order', role: 'main' } }],
    });
  });

  test.each<[Partial<OrderRow>, string]>([
    [{ status: 'CONFIRMED', confirmedAt: NOW }, 'completed'],
    [{ status: 'CANCELLED' }, 'compensated'],
    [{ status: 'FOO' as OrderStatus }, 'parked'],
  ])('has only its own when it is %j', async (row, status) => {
    await orders.put(row);

    expect(await getSaga(orders.table)({ orderId: ORDER_ID })).toMatchObject({ status, executions: { length: 1 } });
  });

  test('is not found when there is no order', async () => {
    expect(await getSaga(orders.table)({ orderId: ORDER_ID })).toEqual({ found: false });
  });
});

describe('redriving a saga', () => {
  const redrive = async () => {
    const place = fakeMachines();
    const machines = { 'place-order': place, 'cancel-order': fakeMachines() };
    await place.start('main', ORDER_ID, {});
    place.end(ORDER_ID);
    return { place, once: () => redriveSaga(orders.table, machines, clock)({ orderId: ORDER_ID }) };
  };

  test('undoes a parked order once more, as often as it is asked to, one after another', async () => {
    await orders.put({ status: 'NEEDS_ATTENTION' });
    const { place, once } = await redrive();

    expect(await once()).toEqual({ outcome: 'started' });
    expect(await once()).toEqual({ outcome: 'running' });
    place.end(`${ORDER_ID}-1`);
    expect(await once()).toEqual({ outcome: 'started' });

    expect(place.started.slice(1)).toEqual([`undo ${ORDER_ID}-1`, `undo ${ORDER_ID}-2`]);
  });

  test.each<OrderStatus>(['PENDING', 'CANCELLING', 'CONFIRMED', 'REJECTED', 'CANCELLED'])(
    'has nothing to do for an order that is %s',
    async (status) => {
      await orders.put({ status });
      const { place, once } = await redrive();

      expect(await once()).toEqual({ outcome: 'nothing' });
      expect(place.started).toHaveLength(1);
    },
  );

  test('knows no saga of an order that is not there', async () => {
    const { once } = await redrive();

    expect(await once()).toEqual({ outcome: 'unknown' });
  });
});
