import { type Clock, systemClock } from '../../../lib/clock';
import { doOutside } from '../../../lib/idempotency/outside-effect';
import { type CommandOf, stepHandler } from '../../../lib/lambda/step-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { openParty } from '../../../lib/resilience/open-party';
import { type Admit, admitting } from '../../../lib/resilience/outside-party';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../../orders/contract';
import { type Carrier, openCarrier } from '../carrier';
import { shipping } from '../contract';
import { AddressRefusedError } from '../domain';
import { BOOKING, bookingRecord } from '../store';

/** Longer than the order service needs for one read, a cold start included. */
const ADDRESS_TIMEOUT_MS = 4_000;

/**
 * Books the parcel of an order once: the intent is written, the carrier asked, its answer written. Whichever of the three a
 * repeat finds done, it goes on from there; what the carrier did is looked up rather than guessed.
 *
 * The carrier's circuit is asked before the intent is written: where nobody is called, nothing is to be undone at the carrier. The
 * address is read before that. Under a leave there is one write before the call, and not a wait for another service: whoever has the
 * leave to make the one probe keeps all others waiting.
 *
 * @throws {CircuitOpenError} from the step, when the carrier is not called at the moment: this attempt has written and sent nothing
 */
export const createShipment =
  (table: Table, call: CallService, admit: Admit<Carrier>, clock: Clock) =>
  async ({ idempotencyKey, arguments: args }: CommandOf<typeof shipping, 'create-shipment'>) => {
    const { orderId } = args;
    const address = await call(query(orders, 'get-address'), { orderId }, { timeoutMs: ADDRESS_TIMEOUT_MS });
    const record = bookingRecord(table, args, clock, idempotencyKey);
    const result = await admit((carrier) =>
      doOutside(BOOKING, record, orderId, async () => {
        const booking = await carrier.book({ reference: orderId, orderId, address, idempotencyKey });
        if (booking.outcome === 'undone') return booking.outcome;
        if (booking.outcome === 'refused') return { status: BOOKING.refused };
        return { status: BOOKING.settled, set: { trackingNumber: booking.trackingNumber } };
      }),
    );
    if (result === 'refused') throw new AddressRefusedError();
    return {};
  };

export const handler = stepHandler(
  shipping,
  'create-shipment',
  createShipment(openTable(), callService, admitting(openParty(shipping, 'carrier'), openCarrier), systemClock),
);
