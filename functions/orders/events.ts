import * as v from 'valibot';
import { defineEvent, nextVersion } from '../../lib/service/event-contract';
import { Currency, CustomerId, Integer, OrderId, Sku, text } from '../../lib/service/schemas';

/** What every event of an order says. */
const ofOrder = { orderId: OrderId, customerId: CustomerId };

const Lines = v.pipe(v.array(v.object({ sku: Sku, quantity: Integer })), v.minLength(1), v.maxLength(20));

/** Version 1 has its total as the API's version 1 has it, version 2 as version 2 does: `lines`, and money with its currency. */
export const orderConfirmed = nextVersion(
  defineEvent(
    {
      source: 'orders',
      type: 'order.confirmed',
      summary: 'Stock, money and parcel of an order are certain.',
      aggregate: 'orderId',
    },
    v.object({ ...ofOrder, items: Lines, totalCents: Integer, currency: Currency }),
  ),
  v.object({ ...ofOrder, lines: Lines, total: v.object({ amountMinor: Integer, currency: Currency }) }),
  {
    upcast: ({ items, totalCents, currency, ...same }) => ({
      ...same,
      lines: items,
      total: { amountMinor: totalCents, currency },
    }),
    downcast: ({ lines, total, ...same }) => ({
      ...same,
      items: lines,
      totalCents: total.amountMinor,
      currency: total.currency,
    }),
  },
);

export const orderRejected = defineEvent(
  {
    source: 'orders',
    type: 'order.rejected',
    summary: 'An order could not be carried out, and all of it is undone.',
    aggregate: 'orderId',
  },
  v.object({ ...ofOrder, code: text(1, 64), detail: text(1, 500) }),
);

export const orderCancelled = defineEvent(
  {
    source: 'orders',
    type: 'order.cancelled',
    summary: 'The customer has taken an order back, and all of it is undone.',
    aggregate: 'orderId',
  },
  v.object(ofOrder),
);

export const orderParked = defineEvent(
  {
    source: 'orders',
    type: 'order.parked',
    summary: 'An order can go neither forward nor back: people must look at it.',
    aggregate: 'orderId',
  },
  v.object({ ...ofOrder, code: text(1, 64) }),
);
