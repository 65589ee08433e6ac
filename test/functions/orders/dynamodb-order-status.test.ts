import '../../support/environment';
import { type OrderRow, type OrderSaga, type OrderStatus, TRANSITIONS } from '../../../functions/orders/domain';
import { requestCancellation } from '../../../functions/orders/dynamodb-cancellation';
import { abandonOrder } from '../../../functions/orders/handlers/abandon-order';
import { completeOrderCancellation } from '../../../functions/orders/handlers/complete-cancellation';
import { confirmOrder } from '../../../functions/orders/handlers/confirm-order';
import { keepOrder } from '../../../functions/orders/handlers/keep-order';
import { parkOrder } from '../../../functions/orders/handlers/park-order';
import { rejectOrder } from '../../../functions/orders/handlers/reject-order';
import { aCommand, NOW, ORDER_ID } from '../../support/a-command';
import { OWNER, PLACED } from './an-order';
import { type OrdersTable, openOrdersTable } from './orders-table';

const LATER = '2026-01-01T00:00:30.000Z';
const clock = { now: () => Date.parse(LATER) };
const CONFIRMED = { status: 'CONFIRMED', confirmedAt: NOW } as const;

const failure = {
  code: 'PAYMENT_DECLINED' as const,
  step: 'ChargePayment',
  error: 'PaymentDeclinedError',
  cause: '{"errorType":"PaymentDeclinedError","errorMessage":"the payment was declined"}',
};
const rejection = { code: 'PAYMENT_DECLINED', step: 'ChargePayment', detail: 'the payment was declined' };
const only = { orderId: ORDER_ID };
let log: jest.SpyInstance;

let orders: OrdersTable;
beforeEach(async () => {
  orders = await openOrdersTable();
  log = jest.spyOn(console, 'error').mockImplementation();
});
afterEach(async () => {
  await orders.close();
  jest.restoreAllMocks();
});

const commands = {
  confirm: () => confirmOrder(orders.table, clock)(aCommand('ConfirmOrder', PLACED)),
  abandon: () => abandonOrder(orders.table, clock)(aCommand('AbandonOrder', only)),
  reject: () => rejectOrder(orders.table, clock)(aCommand('RejectOrder', { ...OWNER, failure })),
  park: (code: 'PAYMENT_DECLINED' | 'CANCELLED' = 'PAYMENT_DECLINED', saga: OrderSaga = 'place-order') =>
    parkOrder(
      orders.table,
      clock,
    )(aCommand('ParkOrder', { ...OWNER, saga, failure: { ...failure, code }, failedUndos: ['RefundPayment'] })),
  complete: () => completeOrderCancellation(orders.table, clock)(aCommand('CompleteCancellation', OWNER)),
  keep: () => keepOrder(orders.table, clock)(aCommand('KeepOrder', only)),
};
type Command = keyof typeof commands;

describe('the status of an order', () => {
  it.each<[Command, Partial<OrderRow>, Partial<OrderRow>]>([
    ['confirm', {}, { status: 'CONFIRMED', confirmedAt: LATER }],
    ['abandon', {}, { status: 'PENDING', abandonedAt: LATER }],
    ['reject', {}, { status: 'REJECTED', rejection }],
    ['reject', { cancelRequestedAt: NOW }, { status: 'CANCELLED' }],
    ['reject', { status: 'NEEDS_ATTENTION', failure, failedUndos: ['X'] }, { status: 'REJECTED', rejection }],
    ['park', {}, { status: 'NEEDS_ATTENTION', rejection, failedUndos: ['RefundPayment'] }],
    ['complete', { ...CONFIRMED, status: 'CANCELLING' }, { status: 'CANCELLED', confirmedAt: NOW }],
    ['complete', { ...CONFIRMED, status: 'NEEDS_ATTENTION', failure, rejection }, { status: 'CANCELLED' }],
    ['keep', { ...CONFIRMED, status: 'CANCELLING', cancelRequestedAt: NOW }, { ...CONFIRMED, handedOverAt: LATER }],
    ['keep', { ...CONFIRMED, status: 'NEEDS_ATTENTION' }, { ...CONFIRMED, handedOverAt: LATER }],
  ])('is changed by %s where %j', async (command, before, after) => {
    await orders.put(before);

    await commands[command]();
    const changed = await orders.find();
    await commands[command]();

    expect(changed).toMatchObject(after);
    expect(TRANSITIONS[before.status ?? 'PENDING'].concat(before.status ?? 'PENDING')).toContain(changed?.status);
    if (changed?.status !== 'PENDING') expect(changed).not.toHaveProperty('payment');
    // A repeat changes nothing.
    expect(await orders.find()).toEqual(changed);
  });

  it.each<[Command, Partial<OrderRow>, string]>([
    ['confirm', { abandonedAt: NOW }, 'StepUndoneError'],
    ['confirm', { cancelRequestedAt: NOW }, 'OrderCancelledError'],
    ['confirm', { status: 'REJECTED' }, 'StepUndoneError'],
    ['confirm', { status: 'CANCELLED', cancelRequestedAt: NOW }, 'OrderCancelledError'],
    ['confirm', { status: 'NEEDS_ATTENTION' }, 'StepUndoneError'],
    ['reject', CONFIRMED, 'IllegalStateError'],
    ['reject', { ...CONFIRMED, status: 'NEEDS_ATTENTION' }, 'IllegalStateError'],
    ['reject', { ...CONFIRMED, status: 'CANCELLING', cancelRequestedAt: NOW }, 'IllegalStateError'],
    ['complete', {}, 'IllegalStateError'],
    ['complete', CONFIRMED, 'IllegalStateError'],
    ['complete', { status: 'NEEDS_ATTENTION' }, 'IllegalStateError'],
    ['keep', {}, 'IllegalStateError'],
    ['keep', { ...CONFIRMED, status: 'CANCELLED' }, 'IllegalStateError'],
    ['keep', { status: 'NEEDS_ATTENTION' }, 'IllegalStateError'],
  ])('is not changed by %s where %j', async (command, before, error) => {
    await orders.put(before);
    const unchanged = await orders.find();

    await expect(commands[command]()).rejects.toMatchObject({ name: error });

    expect(await orders.find()).toEqual(unchanged);
  });

  it.each<[Command, Partial<OrderRow>]>([
    ['confirm', { ...CONFIRMED, status: 'CANCELLING', cancelRequestedAt: NOW }],
    ['confirm', { ...CONFIRMED, status: 'CANCELLED', cancelRequestedAt: NOW }],
    ['park', CONFIRMED],
    ['park', { ...CONFIRMED, status: 'CANCELLING' }],
    ['park', { status: 'REJECTED', rejection }],
    ['park', { status: 'CANCELLED' }],
    ['reject', { status: 'CANCELLED', cancelRequestedAt: NOW }],
  ])('has an outcome that a late %s does not change: %j', async (command, before) => {
    await orders.put(before);
    const unchanged = await orders.find();

    await commands[command]();

    expect(await orders.find()).toEqual(unchanged);
  });

  it.each(['FOO', 'CONFIRMED'])('that was set to %s by hand is parked', async (status) => {
    await orders.put({ status: status as OrderStatus });

    await expect(commands.confirm()).rejects.toMatchObject({ name: 'StepUndoneError' });
    expect(await commands.abandon()).toEqual({ outcome: 'abandoned' });
    await expect(commands.reject()).rejects.toThrow(`order ${ORDER_ID} is ${status} and cannot become REJECTED`);
    await commands.park();

    expect(await orders.find()).toMatchObject({ status: 'NEEDS_ATTENTION', failedUndos: ['RefundPayment'] });
  });

  it('cannot be changed of an order that is not there', async () => {
    await expect(commands.reject()).rejects.toThrow(`order ${ORDER_ID} is not there and cannot become REJECTED`);
    await expect(commands.park()).rejects.toThrow('is not there');
    expect(await orders.find()).toBeUndefined();
  });
});

describe('settling a confirmation', () => {
  it.each<[Partial<OrderRow>, string]>([
    [{}, 'abandoned'],
    [CONFIRMED, 'happened'],
    [{ ...CONFIRMED, status: 'CANCELLING' }, 'happened'],
    [{ ...CONFIRMED, status: 'CANCELLED' }, 'happened'],
    [{ ...CONFIRMED, status: 'NEEDS_ATTENTION' }, 'happened'],
    [{ status: 'REJECTED' }, 'abandoned'],
    [{ status: 'NEEDS_ATTENTION' }, 'abandoned'],
  ])('of an order that is %j finds that it was %s', async (before, outcome) => {
    await orders.put(before);

    expect([await commands.abandon(), await commands.abandon()]).toEqual([{ outcome }, { outcome }]);
  });
});

describe('a parked order', () => {
  it('is never silent', async () => {
    await orders.put();

    await commands.park();

    expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toMatchObject({
      level: 'error',
      message: 'order needs attention',
      orderId: ORDER_ID,
    });
  });

  it('shows no rejection where the customer has taken the order back', async () => {
    await orders.put({ cancelRequestedAt: NOW });

    await commands.park('CANCELLED');

    expect(await orders.find()).toMatchObject({ failure: { code: 'CANCELLED', step: 'ChargePayment' } });
    expect(await orders.find()).not.toHaveProperty('rejection');
  });

  it('is one that is being cancelled when its cancellation says so', async () => {
    await orders.put({ ...CONFIRMED, status: 'CANCELLING' });

    await commands.park('PAYMENT_DECLINED', 'cancel-order');

    expect(await orders.find()).toMatchObject({ status: 'NEEDS_ATTENTION', confirmedAt: NOW });
    expect(await orders.find()).not.toHaveProperty('rejection');
  });

  it('keeps for good what it was parked for first', async () => {
    const first = { ...rejection, detail: 'the first reason' };
    await orders.put({ status: 'NEEDS_ATTENTION', rejection: first });

    await commands.reject();

    expect(await orders.find()).toMatchObject({ status: 'REJECTED', rejection: first });
  });
});

describe('taking an order back', () => {
  it.each<['PENDING' | 'CONFIRMED', Partial<OrderRow>]>([
    ['PENDING', { status: 'PENDING', cancelRequestedAt: LATER }],
    ['CONFIRMED', { status: 'CANCELLING', cancelRequestedAt: LATER }],
  ])('marks one that is %s', async (status, after) => {
    await orders.put({ status });

    expect(await requestCancellation(orders.table, ORDER_ID, status, clock.now())).toBeUndefined();

    expect(await orders.find()).toMatchObject({ ...after, updatedAt: LATER });
  });

  it.each([
    ['PENDING', CONFIRMED],
    ['CONFIRMED', { status: 'PENDING' }],
    ['PENDING', { status: 'REJECTED' }],
    ['CONFIRMED', { status: 'CANCELLED' }],
  ] as const)('read as %s finds out that it is %j, and changes nothing', async (read, actual) => {
    await orders.put(actual);

    expect(await requestCancellation(orders.table, ORDER_ID, read, clock.now())).toMatchObject(actual);

    expect((await orders.find())?.cancelRequestedAt).toBeUndefined();
  });
});
