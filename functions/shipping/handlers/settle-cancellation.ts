import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openParty } from '../../../lib/resilience/open-party';
import { untilWell } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { type Carrier, openCarrier } from '../carrier';
import { shipping } from '../contract';
import { undoBooking } from '../undo-booking';

/**
 * Finds out what became of a cancellation whose outcome is unknown, by asking the carrier again: it happened, or it never will,
 * because the parcel was handed over. Fails until that is certain.
 */
export const settleCancellation =
  (table: Table, carrier: Carrier, clock: Clock) =>
  async ({ arguments: owner }: CommandOf<typeof shipping, 'settle-cancellation'>) => {
    const outcome = await undoBooking(table, carrier, clock, owner);
    return { outcome: outcome === 'cancelled' ? ('happened' as const) : ('abandoned' as const) };
  };

export const handler = stepHandler(
  shipping,
  'settle-cancellation',
  settleCancellation(openTable(), openCarrier(untilWell(openParty(shipping, 'carrier'))), systemClock),
);
