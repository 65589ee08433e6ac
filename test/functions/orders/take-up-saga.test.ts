import * as v from 'valibot';
import { orders as orderContract } from '../../../functions/orders/contract';
import { type OrderRow, type SagaFailure, toRejection } from '../../../functions/orders/domain';
import { EXPRESS_OVER_AFTER_MS, takeUpSaga } from '../../../functions/orders/take-up-saga';
import { NOW, ORDER_ID } from '../../support/a-command';
import { anOrder, OWNER } from './an-order';
import { type FakeMachines, fakeMachines } from './fake-machines';
import { type OrdersTable, openOrdersTable } from './orders-table';

const MINUTE = 60_000;
const START = Date.parse(NOW);
const CANCELLING = { status: 'CANCELLING', confirmedAt: NOW, cancelRequestedAt: NOW } as const;

let orders: OrdersTable;
beforeEach(async () => {
  orders = await openOrdersTable();
});
afterEach(() => orders.close());

/** One order and its machines, with a clock that the test moves. */
function aWorld(workflow: 'STANDARD' | 'EXPRESS' = 'STANDARD') {
  const place = fakeMachines(workflow);
  const cancel = fakeMachines(workflow);
  const machines = { 'place-order': place, 'cancel-order': cancel };
  const takeUp = async (now: number, isPatient = true, row?: OrderRow) =>
    takeUpSaga(row ?? ((await orders.find()) as OrderRow), { table: orders.table, machines, now, isPatient });
  return { place, cancel, takeUp, machines };
}

describe('taking up a saga', () => {
  it('starts an execution that was never started, under its first name', async () => {
    await orders.put();
    const { place, takeUp } = aWorld();

    expect(await takeUp(START)).toBe('started');

    expect(place.started).toEqual([`repair ${ORDER_ID}`]);
    expect((await orders.find())?.repairs).toBeUndefined();
  });

  it('leaves one alone that runs', async () => {
    await orders.put();
    const { place, takeUp } = aWorld();
    await place.start('main', ORDER_ID, {});

    expect(await takeUp(START)).toBe('running');
    expect(place.started).toHaveLength(1);
  });

  it('starts the next one when the one before has ended, and notes it on the order', async () => {
    await orders.put();
    const { place, takeUp } = aWorld();
    await place.start('main', ORDER_ID, {});
    place.end(ORDER_ID);

    expect(await takeUp(START)).toBe('started');
    expect(await takeUp(START + MINUTE)).toBe('running');

    expect(place.started).toEqual([`main ${ORDER_ID}`, `repair ${ORDER_ID}-1`]);
    expect(place.inputs.at(-1)).toEqual({
      orderId: ORDER_ID,
      customerId: 'alice',
      lines: [{ sku: 'MUG-01', quantity: 2 }],
      totalCents: 2400,
      currency: 'EUR',
    });
    expect((await orders.find())?.repairs).toEqual([
      { attempt: 1, saga: 'place-order', role: 'repair', startedAt: NOW },
    ]);
  });

  it.each([{ abandonedAt: NOW }, { cancelRequestedAt: NOW }, { status: 'NEEDS_ATTENTION' as const }])(
    'only undoes an order that will not be confirmed: %j',
    async (row) => {
      await orders.put(row);
      const { place, takeUp } = aWorld();
      await place.start('main', ORDER_ID, {});
      place.end(ORDER_ID);

      await takeUp(START);

      expect(place.started.at(-1)).toBe(`undo ${ORDER_ID}-1`);
      expect(place.inputs.at(-1)).toMatchObject({ orderId: ORDER_ID, failure: { error: 'SagaTakenUp' } });
    },
  );

  it('undoes so that the customer is told the same as the row says', async () => {
    const rejection = { code: 'OUT_OF_STOCK', step: 'ReserveStock', detail: '2 of "MUG-01" asked for, 1 available' };
    const { code, step } = rejection;
    await orders.put({ status: 'NEEDS_ATTENTION', failure: { code, step }, rejection });
    const { place, takeUp } = aWorld('EXPRESS');

    await takeUp(START, false);

    const { failure } = place.inputs[0] as { failure: SagaFailure };
    expect(toRejection(failure)).toEqual(rejection);
    expect(v.is(orderContract.handlers['reject-order'].trigger.command, { ...OWNER, failure })).toBe(true);
  });

  it('is in the trace of the request that made the order', async () => {
    await orders.put({ traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01' });
    const { place, takeUp } = aWorld();

    await takeUp(START);

    expect(place.traceHeaders).toEqual([expect.stringMatching(/^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=/)]);
  });

  it('undoes with the failure that the order was parked for', async () => {
    await orders.put({ status: 'NEEDS_ATTENTION', failure: { code: 'PAYMENT_DECLINED', step: 'ChargePayment' } });
    const { place, takeUp } = aWorld('EXPRESS');

    await takeUp(START, false);

    expect(place.inputs).toMatchObject([
      { failure: { code: 'PAYMENT_DECLINED', step: 'ChargePayment', error: 'SagaTakenUp' } },
    ]);
  });

  it.each([
    ['being cancelled', CANCELLING],
    ['parked while being cancelled', { ...CANCELLING, status: 'NEEDS_ATTENTION' as const }],
  ])('goes on with the cancellation of an order that is %s', async (_, row) => {
    const repairs = [{ attempt: 1, saga: 'place-order' as const, role: 'repair' as const, startedAt: NOW }];
    await orders.put({ ...row, repairs });
    const { place, cancel, takeUp } = aWorld();
    await cancel.start('main', ORDER_ID, {});
    cancel.end(ORDER_ID);

    expect(await takeUp(START + 10 * MINUTE)).toBe('started');

    expect(cancel.started.at(-1)).toBe(`repair ${ORDER_ID}-2`);
    expect(place.started).toEqual([]);
  });

  it('lets time go by between two repairs, more after each, ten minutes at most; a person does not wait', async () => {
    await orders.put();
    const { place, takeUp } = aWorld();
    await place.start('main', ORDER_ID, {});
    place.end(ORDER_ID);
    const startedAtMinutes: number[] = [];
    for (let minute = 0; minute < 40; minute += 1) {
      if ((await takeUp(START + minute * MINUTE)) === 'started') {
        startedAtMinutes.push(minute);
        place.end(`${ORDER_ID}-${startedAtMinutes.length}`);
      }
    }

    expect(startedAtMinutes).toEqual([0, 2, 6, 14, 24, 34]);
    expect(await takeUp(START + 35 * MINUTE)).toBe('waiting');
    expect(await takeUp(START + 35 * MINUTE, false)).toBe('started');
  });

  it('keeps the last 20 repairs, and counts on', async () => {
    const repair = { saga: 'place-order' as const, role: 'repair' as const, startedAt: NOW };
    await orders.put({ repairs: Array.from({ length: 20 }, (_, index) => ({ ...repair, attempt: index + 1 })) });
    const { place, takeUp } = aWorld();
    await place.start('repair', `${ORDER_ID}-20`, {});
    place.end(`${ORDER_ID}-20`);

    await takeUp(START + 20 * MINUTE);

    const repairs = (await orders.find())?.repairs ?? [];
    expect([repairs.length, repairs[0]?.attempt, repairs.at(-1)?.attempt]).toEqual([20, 2, 21]);
  });

  it('is done by one of two who come at once', async () => {
    await orders.put();
    const { place, takeUp } = aWorld();
    await place.start('main', ORDER_ID, {});
    place.end(ORDER_ID);
    const read = (await orders.find()) as OrderRow;

    const outcomes = await Promise.all([takeUp(START, true, read), takeUp(START + 1, false, read)]);

    expect(outcomes.sort()).toEqual(['started', 'taken']);
    expect(place.started).toHaveLength(2);
  });

  it('is not done to an order that has come to its outcome since it was read', async () => {
    await orders.put();
    const { place, takeUp } = aWorld();
    await place.start('main', ORDER_ID, {});
    place.end(ORDER_ID);
    const read = (await orders.find()) as OrderRow;
    await orders.put({ status: 'CONFIRMED', confirmedAt: NOW });

    expect(await takeUp(START, true, read)).toBe('taken');
    expect(place.started).toHaveLength(1);
  });

  it('goes on when the reply to its note was lost, and the note was made twice', async () => {
    await orders.put();
    const { place, takeUp, machines } = aWorld();
    await place.start('main', ORDER_ID, {});
    place.end(ORDER_ID);
    const twice = orders.tableOf(async (call) => {
      await call();
      return call();
    });
    const row = (await orders.find()) as OrderRow;

    expect(await takeUpSaga(row, { table: twice, machines, now: START, isPatient: true })).toBe('started');

    expect(place.started).toEqual([`main ${ORDER_ID}`, `repair ${ORDER_ID}-1`]);
    expect(await takeUp(START)).toBe('running');
  });

  it.each([
    ['was parked', { status: 'NEEDS_ATTENTION' as const }],
    ['was abandoned', { abandonedAt: NOW }],
    ['was taken back', { cancelRequestedAt: NOW }],
  ])('is not done to an order that %s since it was read', async (_, change) => {
    await orders.put();
    const { place, takeUp } = aWorld();
    await place.start('main', ORDER_ID, {});
    place.end(ORDER_ID);
    const read = (await orders.find()) as OrderRow;
    await orders.put(change);

    expect(await takeUp(START, true, read)).toBe('taken');
    expect(place.started).toHaveLength(1);
  });

  it('does not make up for a start that was noted for another purpose', async () => {
    const repairs = [{ attempt: 1, saga: 'place-order' as const, role: 'repair' as const, startedAt: NOW }];
    await orders.put({ status: 'NEEDS_ATTENTION', repairs });
    const { place, takeUp } = aWorld();

    expect(await takeUp(START, false)).toBe('started');
    expect(place.started).toEqual([`undo ${ORDER_ID}-2`]);
  });

  it.each(['with effect', 'without effect'] as const)(
    'is started once when a start fails %s after it was noted',
    async (effect) => {
      await orders.put();
      const { place, takeUp } = aWorld();
      await place.start('main', ORDER_ID, {});
      place.end(ORDER_ID);
      place.failNext(effect);
      await expect(takeUp(START)).rejects.toThrow('the reply was lost');

      const next = await takeUp(START + MINUTE);

      expect(next).toBe(effect === 'with effect' ? 'running' : 'started');
      expect(place.started).toEqual([`main ${ORDER_ID}`, `repair ${ORDER_ID}-1`]);
    },
  );
});

describe('taking up the saga of an Express execution', () => {
  const express = async (row: Partial<OrderRow>): Promise<FakeMachines & { at: (ms: number) => Promise<string> }> => {
    await orders.put(row);
    const { place, cancel, takeUp } = aWorld('EXPRESS');
    return { ...(row.status === 'CANCELLING' ? cancel : place), at: (ms) => takeUp(START + ms) };
  };

  it.each([{}, { ...CANCELLING, createdAt: '2020-01-01T00:00:00.000Z' }])(
    'waits until it is certainly over, for nobody can be asked: %j',
    async (row) => {
      const { at, started } = await express(row);

      expect(await at(EXPRESS_OVER_AFTER_MS - 1)).toBe('running');
      expect(await at(EXPRESS_OVER_AFTER_MS)).toBe('started');
      expect(started).toEqual([`repair ${ORDER_ID}-1`]);
    },
  );

  it('asks the repair from then on', async () => {
    const { at, end, started } = await express({});
    await at(EXPRESS_OVER_AFTER_MS);

    expect(await at(EXPRESS_OVER_AFTER_MS + 5 * MINUTE)).toBe('running');
    end(`${ORDER_ID}-1`);
    expect(await at(EXPRESS_OVER_AFTER_MS + 5 * MINUTE)).toBe('started');
    expect(started.at(-1)).toBe(`repair ${ORDER_ID}-2`);
  });

  it('has 60 seconds to start, five minutes to run, and a minute for clocks that differ', () => {
    expect(EXPRESS_OVER_AFTER_MS).toBe(7 * MINUTE);
    expect(anOrder().createdAt).toBe(NOW);
  });
});
