import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { confirm } from '../dynamodb-order-status';

/** The pivot of the place-order saga: the order is the customer's from here on. */
export const confirmOrder =
  (table: Table, clock: Clock) =>
  async ({ idempotencyKey, arguments: order }: CommandOf<typeof orders, 'confirm-order'>) => {
    await confirm(table, order, { causationId: idempotencyKey, now: clock.now() });
    return {};
  };

export const handler = stepHandler(orders, 'confirm-order', confirmOrder(openTable(), systemClock));
