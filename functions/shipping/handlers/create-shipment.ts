import { type Clock, systemClock } from '../../../lib/clock';
import { StepUndoneError } from '../../../lib/errors/saga-errors';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { openParty } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { type Carrier, openCarrier } from '../carrier';
import { shipping } from '../contract';
import { AddressRefusedError, explainBooking } from '../domain';
import { openShipment, settleBooking } from '../store';

/**
 * Books the parcel of an order once: the intent is written, the carrier asked, its answer written. Whichever of the three a
 * repeat finds done, it goes on from there; what the carrier did is looked up rather than guessed.
 */
export const createShipment =
  (table: Table, carrier: Carrier, clock: Clock) =>
  async ({ idempotencyKey, arguments: args }: CommandOf<typeof shipping, 'create-shipment'>) => {
    const { orderId, shipTo: address } = args;
    let result = explainBooking(await openShipment(table, args, idempotencyKey, clock.now()));
    if (result === 'go on') {
      const booking = await carrier.book({ reference: orderId, orderId, address, idempotencyKey });
      if (booking.outcome === 'undone') throw new StepUndoneError('CreateShipment', orderId);
      result = explainBooking(await settleBooking(table, orderId, booking, clock.now()));
    }
    if (result === 'refused') throw new AddressRefusedError();
    if (result === 'undone') throw new StepUndoneError('CreateShipment', orderId);
    return {};
  };

export const handler = stepHandler(
  shipping,
  'create-shipment',
  createShipment(openTable(), openCarrier(openParty('carrier')), systemClock),
);
