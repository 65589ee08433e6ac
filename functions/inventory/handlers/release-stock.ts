import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../contract';
import { release } from '../store';

/**
 * Undoes the reservation of an order, whether all, some or none of its lines were reserved. All lines at the same time, in
 * no order: a row that cannot be written at the moment keeps no other line from being given back.
 */
export const releaseStock =
  (table: Table, clock: Clock) =>
  async ({ arguments: { orderId, lines } }: CommandOf<typeof inventory, 'release-stock'>) => {
    const outcomes = await Promise.allSettled(lines.map((line) => release(table, orderId, line, clock.now())));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    return {};
  };

export const handler = stepHandler(inventory, 'release-stock', releaseStock(openTable(), systemClock));
