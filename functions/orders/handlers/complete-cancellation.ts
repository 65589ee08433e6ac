import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { completeCancellation } from '../dynamodb-order-status';

/** Ends an order that was taken back, once parcel, money and stock are back where they were. */
export const completeOrderCancellation =
  (table: Table, clock: Clock) =>
  async ({ arguments: { orderId } }: CommandOf<typeof orders, 'complete-cancellation'>) => {
    await completeCancellation(table, orderId, clock.now());
    return {};
  };

export const handler = stepHandler(
  orders,
  'complete-cancellation',
  completeOrderCancellation(openTable(), systemClock),
);
