import type { Clock } from '../../lib/clock';
import { undoOutside } from '../../lib/idempotency/outside-effect';
import type { Table } from '../../lib/table/dynamodb-table';
import type { Carrier } from './carrier';
import type { CancellationOutcome, ShipmentOwner } from './domain';
import { bookingRecord } from './store';

/**
 * Undoes the booking of an order's parcel, whether it happened, did not, or is still on its way. Where no booking was begun, it
 * leaves a mark that a late one meets, and the carrier hears nothing of it. A repeat answers the same.
 *
 * @throws {CarrierUnavailableError} when it is unknown what became of it; the same again finds out
 */
export async function undoBooking(
  table: Table,
  carrier: Carrier,
  clock: Clock,
  owner: ShipmentOwner,
): Promise<CancellationOutcome> {
  const status = await undoOutside(bookingRecord(table, owner, clock), async () => {
    const outcome = await carrier.cancel(owner.orderId);
    return outcome === 'cancelled' ? { status: 'CANCELLED' } : { status: 'BOOKED', set: { handedOver: true } };
  });
  return status === 'CANCELLED' ? 'cancelled' : 'handed over';
}
