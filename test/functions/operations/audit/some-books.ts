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
  payments: [{ orderId: ID, status: 'REFUNDED', amountCents: 2400, refundedCents: 2400 }],
  shipments: [{ orderId: ID, status: 'CANCELLED' }],
  charges: [{ reference: ID, orderId: ID, amountCents: 2400, status: 'REFUNDED' }],
  parcels: [{ reference: ID, orderId: ID, status: 'BLOCKED' }],
  executions: [{ saga: 'place-order', name: ID, status: 'SUCCEEDED' }],
  failureQueues: [{ queue: 'holdfast-dev-orders-Failures', messages: 0 }],
};
