import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../contract';
import { inTakingOrder } from '../domain';
import { reserve } from '../store';

/**
 * Reserves the lines of an order, one row after another. When one is refused, the undo of this very step gives back those
 * before it.
 */
export const reserveStock =
  (table: Table, clock: Clock) =>
  async ({ arguments: { orderId, lines } }: CommandOf<typeof inventory, 'reserve-stock'>) => {
    for (const line of inTakingOrder(lines)) await reserve(table, orderId, line, clock.now());
    return {};
  };

export const handler = stepHandler(inventory, 'reserve-stock', reserveStock(openTable(), systemClock));
