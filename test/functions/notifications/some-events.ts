import { ORDER_ID } from '../../support/a-command';

const TASK_ID = `tsk_${'b'.repeat(32)}`;
const ofTask = { taskId: TASK_ID, customerId: 'alice' };
const ofOrder = { orderId: ORDER_ID, customerId: 'alice' };

/**
 * One event of each type that is consumed, with its data in version 1: what a consumer gets. More than becomes of any one order, for the
 * consumer does not know what an order goes through.
 */
export const EVENTS = {
  'task.created': event('tasks', 'task.created', 1, ofTask),
  'task.completed': event('tasks', 'task.completed', 2, ofTask),
  'order.confirmed': event('orders', 'order.confirmed', 1, {
    ...ofOrder,
    items: [{ sku: 'MUG-01', quantity: 2 }],
    totalCents: 2400,
    currency: 'EUR',
  }),
  'order.rejected': event('orders', 'order.rejected', 2, { ...ofOrder, code: 'OUT_OF_STOCK', detail: 'no MUG-01' }),
  'order.cancelled': event('orders', 'order.cancelled', 3, ofOrder),
  'order.parked': event('orders', 'order.parked', 4, { ...ofOrder, code: 'PAYMENT_UNAVAILABLE' }),
  'payment.refunded': event('payments', 'payment.refunded', 1, { ...ofOrder, refundedCents: 2400, currency: 'EUR' }),
};

function event<Data extends { taskId: string } | { orderId: string }>(
  source: string,
  type: string,
  sequence: number,
  data: Data,
) {
  const aggregateId = 'taskId' in data ? data.taskId : data.orderId;
  return {
    id: `${source}/${aggregateId}/${sequence}`,
    source,
    type,
    version: 1,
    occurredAt: `2026-01-01T00:0${sequence}:00.000Z`,
    aggregateId,
    sequence,
    correlationId: aggregateId,
    causationId: 'cause',
    data,
  };
}

/** The event as the consumer's queue holds it. */
export function aQueueMessage({ source, type, data, ...metadata }: (typeof EVENTS)[keyof typeof EVENTS]) {
  const body = JSON.stringify({ source, 'detail-type': type, detail: { metadata, data } });
  return { messageId: `message of ${metadata.id}`, eventSource: 'aws:sqs', body };
}
