import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { keep } from '../dynamodb-cancellation';

/** Ends a cancellation that came too late: the order stays the customer's. */
export const keepOrder =
  (table: Table, clock: Clock) =>
  async ({ arguments: { orderId } }: CommandOf<typeof orders, 'keep-order'>) => {
    await keep(table, orderId, clock.now());
    return {};
  };

export const handler = stepHandler(orders, 'keep-order', keepOrder(openTable(), systemClock));
