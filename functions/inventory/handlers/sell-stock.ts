import { type Clock, systemClock } from '../../../lib/clock';
import { eventHandler } from '../../../lib/lambda/event-handler';
import type { DataOf } from '../../../lib/service/event-contract';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import type { orderConfirmed } from '../../orders/events';
import { inventory } from '../contract';
import { sell } from '../store';

/**
 * Makes the reservations of a confirmed order sales. All lines at the same time: a row that cannot be written at the moment keeps no
 * other line from being sold. A repeat sells nothing, and nor does an event that comes after the order was taken back.
 */
export const sellStock =
  (table: Table, clock: Clock) =>
  async ({ data: { orderId, lines } }: { readonly data: DataOf<typeof orderConfirmed, 2> }) => {
    const outcomes = await Promise.allSettled(lines.map((line) => sell(table, orderId, line, clock.now())));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  };

export const handler = eventHandler(inventory, 'sell-stock', {
  'order.confirmed': sellStock(openTable(), systemClock),
});
