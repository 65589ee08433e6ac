import * as v from 'valibot';
import { defineEvent } from '../../lib/service/event-contract';
import { Currency, CustomerId, Integer, OrderId } from '../../lib/service/schemas';

export const paymentRefunded = defineEvent(
  {
    source: 'payments',
    type: 'payment.refunded',
    summary: 'What was charged for an order is given back.',
    aggregate: 'orderId',
  },
  v.object({ orderId: OrderId, customerId: CustomerId, refundedCents: Integer, currency: Currency }),
);
