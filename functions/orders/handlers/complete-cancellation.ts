import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { completeCancellation } from '../dynamodb-cancellation';

/** Ends an order that was taken back, once parcel, money and stock are back where they were. */
export const completeOrderCancellation =
  (table: Table, clock: Clock) =>
  async ({ idempotencyKey, arguments: order }: CommandOf<typeof orders, 'complete-cancellation'>) => {
    await completeCancellation(table, order, { causationId: idempotencyKey, now: clock.now() });
    return {};
  };

export const handler = stepHandler(
  orders,
  'complete-cancellation',
  completeOrderCancellation(openTable(), systemClock),
);
