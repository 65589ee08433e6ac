import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { toRejection } from '../domain';
import { reject } from '../dynamodb-order-status';

/** Ends an order of which every step is undone, and says why. */
export const rejectOrder =
  (table: Table, clock: Clock) =>
  async ({ idempotencyKey, arguments: { failure, ...order } }: CommandOf<typeof orders, 'reject-order'>) => {
    await reject(table, order, toRejection(failure), { causationId: idempotencyKey, now: clock.now() });
    return {};
  };

export const handler = stepHandler(orders, 'reject-order', rejectOrder(openTable(), systemClock));
