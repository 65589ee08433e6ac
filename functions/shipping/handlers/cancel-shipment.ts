import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openParty } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { type Carrier, openCarrier } from '../carrier';
import { shipping } from '../contract';
import { beginUndo, finishUndo } from '../store';

/**
 * Undoes the booking of an order's parcel, whether it happened, did not, or is still on its way. The carrier is asked even when
 * the record says that nothing was booked: it alone knows, and once it has cancelled the reference no late booking can land.
 */
export const cancelShipment =
  (table: Table, carrier: Carrier, clock: Clock) =>
  async ({ arguments: args }: CommandOf<typeof shipping, 'cancel-shipment'>) => {
    const status = await beginUndo(table, args, clock.now());
    if (status !== 'CANCELLING') return {};
    await carrier.cancel(args.orderId);
    await finishUndo(table, args.orderId, clock.now());
    return {};
  };

export const handler = stepHandler(
  shipping,
  'cancel-shipment',
  cancelShipment(openTable(), openCarrier(openParty('carrier')), systemClock),
);
