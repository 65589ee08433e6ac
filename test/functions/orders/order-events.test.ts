import '../../support/environment';
import { orders as contract } from '../../../functions/orders/contract';
import type { OrderRow } from '../../../functions/orders/domain';
import { abandonOrder } from '../../../functions/orders/handlers/abandon-order';
import { completeOrderCancellation } from '../../../functions/orders/handlers/complete-cancellation';
import { confirmOrder } from '../../../functions/orders/handlers/confirm-order';
import { keepOrder } from '../../../functions/orders/handlers/keep-order';
import { parkOrder } from '../../../functions/orders/handlers/park-order';
import { rejectOrder } from '../../../functions/orders/handlers/reject-order';
import { type EmittedEntry, listEmitted } from '../../../lib/events/outbox';
import { aCommand, NOW, ORDER_ID } from '../../support/a-command';
import { OWNER, PLACED } from './an-order';
import { type OrdersTable, openOrdersTable } from './orders-table';

const LATER = '2026-01-01T00:00:30.000Z';
const clock = { now: () => Date.parse(LATER) };
const CONFIRMED = { status: 'CONFIRMED', confirmedAt: NOW } as const;
const CANCELLING = { ...CONFIRMED, status: 'CANCELLING', cancelRequestedAt: NOW } as const;
const PARKED = { status: 'NEEDS_ATTENTION', failure: { code: 'PAYMENT_DECLINED', step: 'ChargePayment' } } as const;

const failure = {
  code: 'PAYMENT_DECLINED' as const,
  step: 'ChargePayment',
  error: 'PaymentDeclinedError',
  cause: '{"errorType":"PaymentDeclinedError","errorMessage":"the payment was declined"}',
};

let orders: OrdersTable;
beforeEach(async () => {
  orders = await openOrdersTable();
  jest.spyOn(console, 'error').mockImplementation();
});
afterEach(async () => {
  await orders.close();
  jest.restoreAllMocks();
});

const commands = {
  ConfirmOrder: () => confirmOrder(orders.table, clock)(aCommand('ConfirmOrder', PLACED)),
  RejectOrder: () => rejectOrder(orders.table, clock)(aCommand('RejectOrder', { ...OWNER, failure })),
  ParkOrder: (saga: 'place-order' | 'cancel-order' = 'place-order') =>
    parkOrder(orders.table, clock)(aCommand('ParkOrder', { ...OWNER, saga, failure, failedUndos: ['RefundPayment'] })),
  CompleteCancellation: () => completeOrderCancellation(orders.table, clock)(aCommand('CompleteCancellation', OWNER)),
  AbandonOrder: () => abandonOrder(orders.table, clock)(aCommand('AbandonOrder', { orderId: ORDER_ID })),
  KeepOrder: () => keepOrder(orders.table, clock)(aCommand('KeepOrder', { orderId: ORDER_ID })),
};
type Command = keyof typeof commands;

/** What the relay finds in the stream when a command is carried out, however it ends. */
async function emittedBy(command: () => Promise<unknown>): Promise<EmittedEntry[]> {
  const before = await orders.find();
  await command().catch(() => undefined);
  return listEmitted(before, await orders.find());
}

describe('the events of an order', () => {
  it.each<[Command, Partial<OrderRow>, string, object]>([
    [
      'ConfirmOrder',
      {},
      'order.confirmed',
      { lines: [{ sku: 'MUG-01', quantity: 2 }], total: { amountMinor: 2400, currency: 'EUR' } },
    ],
    ['RejectOrder', {}, 'order.rejected', { code: 'PAYMENT_DECLINED', detail: 'the payment was declined' }],
    ['RejectOrder', PARKED, 'order.rejected', { code: 'PAYMENT_DECLINED', detail: 'the payment was declined' }],
    ['RejectOrder', { cancelRequestedAt: NOW }, 'order.cancelled', {}],
    ['RejectOrder', { ...PARKED, cancelRequestedAt: NOW }, 'order.cancelled', {}],
    ['CompleteCancellation', CANCELLING, 'order.cancelled', {}],
    ['CompleteCancellation', { ...CANCELLING, status: 'NEEDS_ATTENTION' }, 'order.cancelled', {}],
    ['ParkOrder', {}, 'order.parked', { code: 'PAYMENT_DECLINED' }],
  ])('are told once by %s where it is %j: %s', async (command, before, type, data) => {
    await orders.put(before);

    expect(await emittedBy(commands[command])).toEqual([
      {
        type,
        version: contract.events.find((event) => event.type === type)?.versions.length,
        sequence: 1,
        occurredAt: LATER,
        correlationId: ORDER_ID,
        causationId: `${ORDER_ID}/${command}`,
        data: { ...OWNER, ...data },
      },
    ]);
    expect(await emittedBy(commands[command])).toEqual([]);
  });

  it.each<[Command, Partial<OrderRow>]>([
    ['AbandonOrder', {}],
    ['KeepOrder', CANCELLING],
    ['ConfirmOrder', { abandonedAt: NOW }],
    ['ConfirmOrder', { cancelRequestedAt: NOW }],
    ['ConfirmOrder', CANCELLING],
    ['RejectOrder', CONFIRMED],
    ['RejectOrder', { status: 'CANCELLED', cancelRequestedAt: NOW }],
    ['CompleteCancellation', {}],
    ['ParkOrder', CONFIRMED],
    ['ParkOrder', { status: 'REJECTED' }],
    ['ParkOrder', PARKED],
    ['ParkOrder', CANCELLING],
  ])('are not told by %s where it is %j', async (command, before) => {
    await orders.put(before);

    expect(await emittedBy(commands[command])).toEqual([]);
  });

  it('are counted through the life of the order: parked, then rejected', async () => {
    await orders.put();

    const parked = await emittedBy(commands.ParkOrder);
    const rejected = await emittedBy(commands.RejectOrder);

    expect([...parked, ...rejected].map(({ type, sequence }) => [type, sequence])).toEqual([
      ['order.parked', 1],
      ['order.rejected', 2],
    ]);
  });

  it('are counted through the life of the order: confirmed, parked while it is cancelled, then cancelled', async () => {
    await orders.put();
    const told = await emittedBy(commands.ConfirmOrder);
    await orders.put({ ...(await orders.find()), ...CANCELLING });

    told.push(...(await emittedBy(() => commands.ParkOrder('cancel-order'))));
    told.push(...(await emittedBy(commands.CompleteCancellation)));

    expect(told.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['order.confirmed', 1],
      ['order.parked', 2],
      ['order.cancelled', 3],
    ]);
  });

  it('have no token and no address in them', async () => {
    await orders.put();

    const [event] = await emittedBy(commands.ConfirmOrder);

    expect(JSON.stringify(event)).not.toMatch(/tok_ok|Ada|High St/);
  });
});
