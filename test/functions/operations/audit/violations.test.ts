import { audit } from '../../../../functions/operations/audit/audit';
import type { Books, OrderEntry } from '../../../../functions/operations/audit/books';
import { ago, anOrder, CONFIRMED, ID, NOW, REJECTED, SOLD } from './some-books';

const charge = (status: string, amountCents = 2400, reference = ID) => ({
  reference,
  orderId: ID,
  amountCents,
  status,
});
const payment = (status: string, refundedCents = 0, amountCents = 2400) => ({
  orderId: ID,
  status,
  amountCents,
  refundedCents,
});
const row = (more: object) => ({ sku: 'MUG-01', available: 98, reserved: 2, pending: { [ID]: 2 }, ...more });
const parcel = (status: string, reference = ID) => ({ reference, orderId: ID, status });

const open = (status: string, more: Partial<OrderEntry> = {}): Books => {
  const execution = status === 'PENDING' ? 'RUNNING' : 'FAILED';
  return {
    ...CONFIRMED,
    orders: [anOrder(status, more)],
    executions: [{ saga: 'place-order', name: ID, status: execution }],
  };
};
const old = { createdAt: ago(20), updatedAt: ago(10) };
const withExecution = (order: OrderEntry, status?: string, name = ID, saga = 'place-order'): Books => ({
  ...(order.status === 'REJECTED' ? REJECTED : CONFIRMED),
  orders: [order],
  executions: status === undefined ? [] : [{ saga, name, status }],
});

describe('books that break one rule', () => {
  it.each<[rule: string, books: Books, violations: string[]]>([
    [
      'a total is the sum of its lines',
      {
        ...CONFIRMED,
        orders: [anOrder('CONFIRMED', { items: [{ sku: 'MUG-01', quantity: 2, unitPriceCents: 1100 }] })],
      },
      ['money: ord_1 has a total of 2400, its lines come to 2200'],
    ],
    [
      'a confirmed order is captured in the records of payments',
      { ...CONFIRMED, payments: [payment('CANCELLING')] },
      ['money: ord_1 is CONFIRMED for 2400, its payment is CANCELLING of 2400, 0 given back'],
    ],
    [
      'a confirmed order has a payment for its total',
      { ...CONFIRMED, payments: [payment('CAPTURED', 0, 2399)] },
      ['money: ord_1 has a total of 2400, its payment is CAPTURED of 2399, 0 given back'],
    ],
    [
      'an open order has a payment for its total, too',
      { ...open('PENDING'), payments: [payment('CAPTURED', 0, 1)] },
      ['money: ord_1 has a total of 2400, its payment is CAPTURED of 1, 0 given back'],
    ],
    [
      'no more is given back than was taken',
      { ...REJECTED, payments: [payment('REFUNDED', 2401)] },
      ['money: ord_1 has a payment that is REFUNDED of 2400, 2401 given back'],
    ],
    [
      'nothing is given back of a payment that stands',
      { ...CONFIRMED, payments: [payment('CAPTURED', 100)] },
      ['money: ord_1 has a payment that is CAPTURED of 2400, 100 given back'],
    ],
    [
      'nothing is given back that was never taken',
      { ...REJECTED, payments: [payment('VOIDED', 2400)], charges: [charge('BLOCKED', 0)] },
      ['money: ord_1 has a payment that is VOIDED of 2400, 2400 given back'],
    ],
    [
      'an undone order has its payment undone',
      { ...REJECTED, payments: [payment('DECLINED')], charges: [] },
      ['money: ord_1 is REJECTED, its payment is DECLINED of 2400, 0 given back'],
    ],
    [
      'an order is charged once, whatever became of it',
      { ...REJECTED, charges: [charge('REFUNDED'), charge('REFUNDED')] },
      ['money: ord_1 was charged 2 times, 4800 in all'],
    ],
    [
      'an order is charged its total, whatever became of it',
      { ...REJECTED, charges: [charge('REFUNDED', 2500)] },
      ['money: ord_1 has a total of 2400, the provider charged 2500'],
    ],
    [
      'a charge bears the reference of its order',
      { ...CONFIRMED, charges: [charge('CAPTURED', 2400, 'ref_9')] },
      ['money: ord_1 has a charge under the reference ref_9'],
    ],
    [
      'a payment that is given back is not held by the provider, also of a parked order',
      { ...open('NEEDS_ATTENTION'), payments: [payment('REFUNDED', 2400)] },
      ['money: ord_1 has a payment that is REFUNDED of 2400, 2400 given back, the provider holds 2400'],
    ],
    [
      'the provider holds nothing for an undone order, nor in total',
      { ...REJECTED, payments: [payment('VOIDED')], charges: [charge('CAPTURED')] },
      [
        'money: ord_1 is REJECTED, the provider holds 2400',
        'money: ord_1 has a payment that is VOIDED of 2400, 0 given back, the provider holds 2400',
        'money: all orders confirmed are worth 0, the provider holds 2400 for settled ones',
      ],
    ],
    [
      'what is shipped is paid, also of an open order',
      { ...open('PENDING'), payments: [payment('INTENT')], charges: [] },
      ['shipments: ord_1 has a shipment that is BOOKED, its payment is INTENT'],
    ],
    [
      'an open order has at most one parcel',
      { ...open('PENDING'), parcels: [parcel('BOOKED'), parcel('BOOKED')] },
      ['shipments: ord_1 is PENDING, the carrier has 2 parcels'],
    ],
    [
      'a shipment that is cancelled is not on its way, also of a parked order',
      { ...open('NEEDS_ATTENTION'), shipments: [{ orderId: ID, status: 'CANCELLED' }] },
      ['shipments: ord_1 has a shipment that is CANCELLED, the carrier has 1 parcels'],
    ],
    [
      'an undone order is not on its way',
      { ...REJECTED, parcels: [parcel('BOOKED')] },
      ['shipments: ord_1 is REJECTED, its shipment is CANCELLED, the carrier has 1 parcels'],
    ],
    [
      'a parcel bears the reference of its order',
      { ...CONFIRMED, parcels: [parcel('BOOKED', 'ref_9')] },
      ['shipments: ord_1 has a parcel under the reference ref_9'],
    ],
    [
      'less than nothing is not available',
      { ...CONFIRMED, stock: [row({ available: -1 })] },
      ['stock: MUG-01 has -1 available'],
    ],
    [
      'stock is counted in whole pieces',
      { ...CONFIRMED, stock: [row({ available: 1.5 })] },
      ['stock: MUG-01 has 1.5 available'],
    ],
    [
      'what is reserved is the sum of what orders have',
      { ...CONFIRMED, stock: [row({ reserved: 3 })] },
      ['stock: MUG-01 has 3 reserved, its orders have 2'],
    ],
    [
      'what was released is not reserved any more',
      { ...CONFIRMED, stock: [row({ released: { [ID]: 1 } })] },
      ['stock: MUG-01 has 2 reserved for ord_1, which was released or sold'],
    ],
    [
      'an order has reserved what it wants',
      { ...open('PENDING'), stock: [row({ reserved: 1, pending: { [ID]: 1 } })] },
      ['stock: MUG-01 has 1 reserved for ord_1, which wants 2'],
    ],
    [
      'a confirmed order has its stock',
      { ...CONFIRMED, stock: [row({ reserved: 0, pending: {} })] },
      ['stock: MUG-01 has 0 sold, its orders have 2'],
    ],
    [
      'an order that was given up is not confirmed',
      { ...CONFIRMED, orders: [anOrder('CONFIRMED', { abandonedAt: ago(2) })] },
      [`orders: ord_1 is CONFIRMED, and was abandoned at ${ago(2)}`],
    ],
    [
      'an order comes to an end',
      open('PENDING', { createdAt: ago(181) }),
      [`stuck orders: ord_1 is PENDING since ${ago(181)}`],
    ],
    [
      'an order has an execution',
      withExecution(anOrder('REJECTED', old)),
      ['executions: ord_1 is REJECTED and has no execution'],
    ],
    [
      'an execution ends with its order',
      withExecution(anOrder('CONFIRMED', old), 'RUNNING'),
      [`executions: ord_1 is CONFIRMED since ${ago(10)}, and has an execution that is RUNNING`],
    ],
    [
      'an execution that succeeds has settled its order',
      withExecution(anOrder('PENDING'), 'SUCCEEDED'),
      ['executions: ord_1 is PENDING, its execution has SUCCEEDED'],
    ],
    [
      'a parked order has an execution that failed',
      withExecution(anOrder('NEEDS_ATTENTION'), 'SUCCEEDED'),
      ['executions: ord_1 is NEEDS_ATTENTION, its execution has SUCCEEDED'],
    ],
    [
      'an execution that takes up an order ends with it as well',
      withExecution(anOrder('CONFIRMED', old), 'RUNNING', `${ID}-2`),
      [`executions: ord_1 is CONFIRMED since ${ago(10)}, and has an execution that is RUNNING`],
    ],
    [
      'a cancellation that succeeds has settled its order',
      withExecution(anOrder('CANCELLING', { confirmedAt: ago(1) }), 'SUCCEEDED', ID, 'cancel-order'),
      ['executions: ord_1 is CANCELLING, its cancellation has SUCCEEDED'],
    ],
    [
      'a cancellation comes to an end',
      { ...CONFIRMED, orders: [anOrder('CANCELLING', { confirmedAt: ago(190), cancelRequestedAt: ago(181) })] },
      [`stuck orders: ord_1 is CANCELLING since ${ago(181)}`],
    ],
    [
      'nothing is given up',
      {
        ...CONFIRMED,
        failureQueues: [
          { queue: 'a-Failures', messages: 0 },
          { queue: 'b-Failures', messages: 3 },
        ],
      },
      ['dead letters: b-Failures holds 3 messages'],
    ],
  ])('%s', (_, books, violations) => {
    const found = audit(books, NOW).violations.map(
      ({ invariant, subject, detail }) => `${invariant}: ${subject} ${detail}`,
    );

    expect(found).toEqual(violations);
  });

  it.each<[what: string, books: Books]>([
    ['a new order whose execution is not there yet', withExecution(anOrder('PENDING'))],
    ['an order whose execution is about to end', withExecution(anOrder('CONFIRMED'), 'RUNNING')],
    ['an order on its way', withExecution(anOrder('PENDING', old), 'RUNNING')],
    ['a parked order that is redriven', withExecution(anOrder('NEEDS_ATTENTION', old), 'RUNNING')],
    ['an order that is taken up again', withExecution(anOrder('PENDING', old), 'FAILED')],
    ['an order that was confirmed by a repair', withExecution(anOrder('CONFIRMED', old), 'FAILED')],
    ['an order that is being cancelled', withExecution(anOrder('CANCELLING', { confirmedAt: ago(1) }), 'SUCCEEDED')],
    ['a parked order', withExecution(anOrder('NEEDS_ATTENTION', old), 'FAILED')],
    ['a parked order that was put right', withExecution(anOrder('REJECTED', old), 'FAILED')],
    [
      'an order older than executions are kept',
      {
        ...SOLD,
        orders: [anOrder('CONFIRMED', { createdAt: ago(91 * 24 * 60), updatedAt: ago(91 * 24 * 60) })],
        executions: [],
      },
    ],
    [
      'an open order whose money is being given back',
      { ...open('PENDING'), payments: [payment('CANCELLING')], charges: [charge('REFUNDED')] },
    ],
    [
      'a parked order whose parcel could not be stopped',
      {
        ...open('NEEDS_ATTENTION'),
        shipments: [{ orderId: ID, status: 'CANCELLING' }],
        payments: [payment('REFUNDED', 2400)],
        charges: [charge('REFUNDED')],
      },
    ],
  ])('do not include %s', (_, books) => {
    expect(audit(books, NOW).violations).toEqual([]);
  });
});
