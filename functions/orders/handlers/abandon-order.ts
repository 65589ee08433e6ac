import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { abandon } from '../dynamodb-order-status';

/** Settles a confirmation whose reply was lost, before anything is undone. */
export const abandonOrder =
  (table: Table, clock: Clock) =>
  async ({ arguments: { orderId } }: CommandOf<typeof orders, 'abandon-order'>) => ({
    outcome: await abandon(table, orderId, clock.now()),
  });

export const handler = stepHandler(orders, 'abandon-order', abandonOrder(openTable(), systemClock));
