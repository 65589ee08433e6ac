import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../contract';
import { release } from '../store';

/** Undoes the reservation of an order, whether all, some or none of its lines were reserved. */
export const releaseStock =
  (table: Table, clock: Clock) =>
  async ({ arguments: { orderId, lines } }: CommandOf<typeof inventory, 'release-stock'>) => {
    for (const line of lines) await release(table, orderId, line, clock.now());
    return {};
  };

export const handler = stepHandler(inventory, 'release-stock', releaseStock(openTable(), systemClock));
