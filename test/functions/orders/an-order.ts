import type { OrderRow } from '../../../functions/orders/domain';
import { NOW, ORDER_ID } from '../../support/a-command';

export const SHIP_TO = { name: 'Ada', line1: '1 High St', city: 'Berlin', postalCode: '10115', country: 'DE' };

/** An order as it is stored right after it was placed. */
export function anOrder(overrides: Partial<OrderRow> = {}): OrderRow {
  return {
    orderId: ORDER_ID,
    customerId: 'alice',
    status: 'PENDING',
    items: [{ sku: 'MUG-01', quantity: 2, unitPriceCents: 1200 }],
    totalCents: 2400,
    currency: 'EUR',
    payment: { token: 'tok_ok' },
    shipTo: SHIP_TO,
    createdAt: NOW,
    updatedAt: NOW,
    requestHash: 'hash',
    ...overrides,
  };
}

/** The same order as the API shows it. */
export const SHOWN = {
  orderId: ORDER_ID,
  status: 'PENDING',
  items: [{ sku: 'MUG-01', quantity: 2, unitPriceCents: 1200 }],
  totalCents: 2400,
  currency: 'EUR',
  createdAt: NOW,
  updatedAt: NOW,
};

/** What every command that moves the order says of it. */
export const OWNER = { orderId: ORDER_ID, customerId: 'alice' };

/** What the sagas know of the order. */
export const PLACED = { ...OWNER, lines: [{ sku: 'MUG-01', quantity: 2 }], totalCents: 2400, currency: 'EUR' };
