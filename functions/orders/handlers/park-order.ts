import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { log } from '../../../lib/observability/log';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { park } from '../dynamodb-order-status';

/** Hands an order to people: something of it could not be undone. */
export const parkOrder =
  (table: Table, clock: Clock) =>
  async ({ sagaId, idempotencyKey, arguments: args }: CommandOf<typeof orders, 'park-order'>) => {
    const { failure, failedUndos, ...order } = args;
    await park(table, order, failure, failedUndos, { causationId: idempotencyKey, now: clock.now() });
    log('error', 'order needs attention', { sagaId, orderId: order.orderId, code: failure.code });
    return {};
  };

export const handler = stepHandler(orders, 'park-order', parkOrder(openTable(), systemClock));
