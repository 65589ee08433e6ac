import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../contract';
import { returnLine } from '../dynamodb-return';

/**
 * Brings back what a confirmed order had, whether it is sold by now or not yet. All lines at the same time, in no order: a row that
 * cannot be written at the moment keeps no other line from being brought back.
 */
export const returnStock =
  (table: Table, clock: Clock) =>
  async ({ arguments: { orderId, lines } }: CommandOf<typeof inventory, 'return-stock'>) => {
    const outcomes = await Promise.allSettled(lines.map((line) => returnLine(table, orderId, line, clock.now())));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
    return {};
  };

export const handler = stepHandler(inventory, 'return-stock', returnStock(openTable(), systemClock));
