import type { Books, OrderEntry } from '../../../../functions/operations/audit/books';

export const NOW = Date.UTC(2026, 0, 1, 12);
export const ID = 'ord_1';

/** The instant so many minutes ago. */
export const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

export const anOrder = (status: string, more: Partial<OrderEntry> = {}): OrderEntry => ({
  orderId: ID,
  status,
  totalCents: 2400,
  items: [{ sku: 'MUG-01', quantity: 2, unitPriceCents: 1200 }],
  createdAt: ago(1),
  updatedAt: ago(1),
  ...more,
});

/** The books of one order that went through. */
export const CONFIRMED: Books = {
  orders: [anOrder('CONFIRMED')],
  stock: [{ sku: 'MUG-01', available: 98, reserved: 2, pending: { [ID]: 2 }, released: {} }],
  returns: [],
  payments: [{ orderId: ID, status: 'CAPTURED', amountCents: 2400, refundedCents: 0 }],
  shipments: [{ orderId: ID, status: 'BOOKED' }],
  charges: [{ reference: ID, orderId: ID, amountCents: 2400, status: 'CAPTURED' }],
  parcels: [{ reference: ID, orderId: ID, status: 'BOOKED' }],
  executions: [{ saga: 'place-order', name: ID, status: 'SUCCEEDED' }],
  failureQueues: [{ queue: 'holdfast-dev-orders-Failures', messages: 0 }],
};

/** The books of one order that was undone at its last step. */
export const REJECTED: Books = {
  orders: [anOrder('REJECTED')],
  stock: [{ sku: 'MUG-01', available: 100, reserved: 0, pending: {}, released: { [ID]: 1 } }],
  returns: [],
  payments: [{ orderId: ID, status: 'REFUNDED', amountCents: 2400, refundedCents: 2400 }],
  shipments: [{ orderId: ID, status: 'CANCELLED' }],
  charges: [{ reference: ID, orderId: ID, amountCents: 2400, status: 'REFUNDED' }],
  parcels: [{ reference: ID, orderId: ID, status: 'BLOCKED' }],
  executions: [{ saga: 'place-order', name: ID, status: 'SUCCEEDED' }],
  failureQueues: [{ queue: 'holdfast-dev-orders-Failures', messages: 0 }],
};

/** A row of which an order of two was sold after the shop had counted 100. */
export const SOLD_ROW = {
  sku: 'MUG-01',
  available: 98,
  reserved: 0,
  pending: {},
  sold: 2,
  counted: 100,
  soldBefore: 0,
  returnedBefore: 0,
};

/** The books of one order that went through and was sold. */
export const SOLD: Books = {
  ...CONFIRMED,
  orders: [anOrder('CONFIRMED', { confirmedAt: ago(20) })],
  stock: [SOLD_ROW],
};

/** The books of one order that was cancelled after it was sold. */
export const TAKEN_BACK: Books = {
  ...REJECTED,
  orders: [anOrder('CANCELLED', { confirmedAt: ago(20), cancelRequestedAt: ago(10) })],
  stock: [{ ...SOLD_ROW, available: 100, returned: 2 }],
  returns: [{ orderId: ID, returnedSku: 'MUG-01', quantity: 2, returnedAt: ago(9) }],
  executions: [
    { saga: 'place-order', name: ID, status: 'SUCCEEDED' },
    { saga: 'cancel-order', name: ID, status: 'SUCCEEDED' },
  ],
};
