import { audit } from '../../../../functions/operations/audit/audit';
import type { Books } from '../../../../functions/operations/audit/books';
import { STUCK_AFTER_MS } from '../../../../functions/operations/audit/check-orders';
import { cancelOrder } from '../../../../functions/orders/cancel-order.saga';
import { placeOrder } from '../../../../functions/orders/place-order.saga';
import { EXPRESS_OVER_AFTER_MS } from '../../../../functions/orders/take-up-saga';
import { toAsl } from '../../../../lib/saga/to-asl';
import { anOrder, CONFIRMED, ID, NOW, REJECTED, SOLD, TAKEN_BACK } from './some-books';

const charge = (status: string, amountCents = 2400, orderId = ID) => ({
  reference: orderId,
  orderId,
  amountCents,
  status,
});

describe('the audit', () => {
  it.each([
    ['an order that went through', CONFIRMED],
    ['an order that was undone', REJECTED],
    ['an order that was sold', SOLD],
    ['an order that was cancelled after it was sold', TAKEN_BACK],
    [
      'an order refused before anything was done',
      { ...REJECTED, payments: [], shipments: [], charges: [], parcels: [] },
    ],
    ['no orders at all', { orders: [], stock: [], payments: [], shipments: [] }],
    [
      'parties that do not show their books',
      { ...CONFIRMED, charges: undefined, parcels: undefined } as unknown as Books,
    ],
    [
      'an order on its way, wherever it is',
      { ...CONFIRMED, orders: [anOrder('PENDING')], shipments: [], parcels: [], executions: [] },
    ],
    [
      'an order that people look after',
      {
        ...CONFIRMED,
        orders: [anOrder('NEEDS_ATTENTION')],
        shipments: [],
        parcels: [],
        executions: [{ saga: 'place-order', name: ID, status: 'FAILED' }],
      },
    ],
  ])('finds nothing wrong with %s', (_, books) => {
    expect(audit(books, NOW)).toMatchObject({ ok: true, violations: [] });
  });

  it.each<[string, Books, string, string]>([
    ['a confirmed order that was not paid', { ...CONFIRMED, payments: [], charges: [] }, 'money', ID],
    [
      'a confirmed order whose payment is for less',
      { ...CONFIRMED, payments: [{ orderId: ID, status: 'CAPTURED', amountCents: 2399, refundedCents: 0 }] },
      'money',
      ID,
    ],
    [
      'a confirmed order that was charged twice',
      { ...CONFIRMED, charges: [charge('CAPTURED'), charge('CAPTURED')] },
      'money',
      ID,
    ],
    ['a confirmed order that was charged too much', { ...CONFIRMED, charges: [charge('CAPTURED', 2500)] }, 'money', ID],
    ['a confirmed order whose charge was given back', { ...CONFIRMED, charges: [charge('REFUNDED')] }, 'money', ID],
    [
      'a rejected order whose money is kept by the provider',
      { ...REJECTED, charges: [charge('CAPTURED')] },
      'money',
      ID,
    ],
    [
      'a rejected order whose payment is not undone',
      { ...REJECTED, payments: [{ orderId: ID, status: 'CAPTURED', amountCents: 2400, refundedCents: 0 }] },
      'money',
      ID,
    ],
    [
      'a charge without an order',
      { ...CONFIRMED, charges: [charge('CAPTURED'), charge('CAPTURED', 1, 'ord_2')] },
      'money',
      'ord_2',
    ],
    ['a confirmed order without a parcel', { ...CONFIRMED, parcels: [] }, 'shipments', ID],
    ['a confirmed order whose shipment is not booked', { ...CONFIRMED, shipments: [] }, 'shipments', ID],
    [
      'a confirmed order with two parcels',
      { ...CONFIRMED, parcels: [...(CONFIRMED.parcels ?? []), { reference: 'x', orderId: ID, status: 'BOOKED' }] },
      'shipments',
      ID,
    ],
    ['a rejected order that is shipped', { ...REJECTED, parcels: CONFIRMED.parcels ?? [] }, 'shipments', ID],
    ['a rejected order whose shipment is booked', { ...REJECTED, shipments: CONFIRMED.shipments }, 'shipments', ID],
    [
      'a parcel without an order',
      { ...CONFIRMED, parcels: [...(CONFIRMED.parcels ?? []), { reference: 'y', orderId: 'ord_2', status: 'BOOKED' }] },
      'shipments',
      'ord_2',
    ],
    [
      'more reserved than orders have',
      { ...CONFIRMED, stock: [{ sku: 'MUG-01', available: 97, reserved: 3, pending: { [ID]: 2 } }] },
      'stock',
      'MUG-01',
    ],
    [
      'stock below nothing',
      { ...CONFIRMED, stock: [{ sku: 'MUG-01', available: -1, reserved: 2, pending: { [ID]: 2 } }] },
      'stock',
      'MUG-01',
    ],
    ['stock reserved for a rejected order', { ...REJECTED, stock: CONFIRMED.stock }, 'stock', 'MUG-01'],
    [
      'stock reserved for an order that is not there',
      { ...CONFIRMED, stock: [{ sku: 'MUG-01', available: 97, reserved: 3, pending: { [ID]: 2, ord_2: 1 } }] },
      'stock',
      'MUG-01',
    ],
    [
      'stock reserved in another quantity',
      { ...CONFIRMED, stock: [{ sku: 'MUG-01', available: 99, reserved: 1, pending: { [ID]: 1 } }] },
      'stock',
      'MUG-01',
    ],
    [
      'a confirmed order without its stock',
      { ...CONFIRMED, stock: [{ sku: 'MUG-01', available: 100, reserved: 0, pending: {} }] },
      'stock',
      'MUG-01',
    ],
    [
      'a refund of less than was paid',
      { ...REJECTED, payments: [{ orderId: ID, status: 'REFUNDED', amountCents: 2400, refundedCents: 100 }] },
      'money',
      ID,
    ],
    [
      'a payment without an order',
      {
        ...CONFIRMED,
        payments: [...CONFIRMED.payments, { orderId: 'ord_2', status: 'CAPTURED', amountCents: 1, refundedCents: 0 }],
      },
      'money',
      'ord_2',
    ],
    [
      'a shipment without an order',
      { ...CONFIRMED, shipments: [...CONFIRMED.shipments, { orderId: 'ord_2', status: 'BOOKED' }] },
      'shipments',
      'ord_2',
    ],
    [
      'a rejected order whose shipment is not cancelled to the end',
      { ...REJECTED, shipments: [{ orderId: ID, status: 'CANCELLING' }] },
      'shipments',
      ID,
    ],
    ['a status that does not exist', { ...REJECTED, orders: [anOrder('LOST')] }, 'orders', ID],
    [
      'an order that is open for too long',
      { ...REJECTED, orders: [anOrder('PENDING', { createdAt: new Date(NOW - 3 * 3_600_000 - 1).toISOString() })] },
      'stuck orders',
      ID,
    ],
  ])('finds %s', (_, books, invariant, subject) => {
    const { ok, violations } = audit(books, NOW);

    expect(ok).toBe(false);
    expect(violations).toContainEqual(expect.objectContaining({ invariant, subject }));
  });

  it.each([
    ['place-order', placeOrder, 10],
    ['cancel-order', cancelOrder, 7],
  ])('calls no order stuck that is within the budgets of all commands of %s', (_, saga, commands) => {
    const { States } = toAsl(saga) as { States: Record<string, object> };
    const budgetsMs = [...JSON.stringify(States).matchAll(/EnteredTime\) \+ (\d+)\)/g)].map((match) =>
      Number(match[1]),
    );

    expect(budgetsMs).toHaveLength(commands);
    expect(STUCK_AFTER_MS).toBeGreaterThan(EXPRESS_OVER_AFTER_MS + budgetsMs.reduce((sum, budget) => sum + budget, 0));
  });

  it('counts what it has looked at', () => {
    expect(audit(CONFIRMED, NOW).counts).toEqual({
      orders: 1,
      'orders CONFIRMED': 1,
      payments: 1,
      shipments: 1,
      skus: 1,
      charges: 1,
      parcels: 1,
      executions: 1,
      deadLetters: 0,
    });
  });
});
