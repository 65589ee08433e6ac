import { type Clock, systemClock } from '../../../lib/clock';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openParty } from '../../../lib/resilience/open-party';
import { untilWell } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { type Carrier, openCarrier } from '../carrier';
import { shipping } from '../contract';
import { ParcelHandedOverError } from '../domain';
import { undoBooking } from '../undo-booking';

/**
 * Cancels the shipment of an order: as the undo of its booking, and as the pivot of the order's cancellation.
 *
 * @throws {ParcelHandedOverError} from the step, when the carrier has the parcel in its hands: the shipment stays as it was
 */
export const cancelShipment =
  (table: Table, carrier: Carrier, clock: Clock) =>
  async ({ arguments: owner }: CommandOf<typeof shipping, 'cancel-shipment'>) => {
    if ((await undoBooking(table, carrier, clock, owner)) === 'handed over') throw new ParcelHandedOverError();
    return {};
  };

export const handler = stepHandler(
  shipping,
  'cancel-shipment',
  cancelShipment(openTable(), openCarrier(untilWell(openParty(shipping, 'carrier'))), systemClock),
);
