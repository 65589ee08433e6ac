import { AppError } from '../../lib/errors/app-error';

/**
 * `INTENT`: written before the carrier is asked, so that no parcel is without a record. `CANCELLING`: the undo has begun, no
 * booking counts any more. `CANCELLED`: the carrier has nothing of this order to ship, and never will. From `CANCELLING` back
 * to `BOOKED`: the carrier has the parcel in its hands and does not give it back.
 */
export type ShipmentStatus = 'INTENT' | 'BOOKED' | 'REFUSED' | 'CANCELLING' | 'CANCELLED';

/** The shipment of one order as it is stored. The address is not: the order has it. */
export interface ShipmentRow {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: ShipmentStatus;
  readonly updatedAt: string;
  /** Set when it was booked. */
  readonly trackingNumber?: string;
  /** The Idempotency-Key that the booking was sent with; absent when the undo came first. */
  readonly carrierKey?: string;
  /** The state in which the undo found the shipment; `INTENT` when it found none. */
  readonly cancelledFrom?: ShipmentStatus;
  /** Set when an undo came too late: the parcel stays `BOOKED` for ever. */
  readonly handedOver?: true;
}

/** Whose shipment it is, as the saga's commands say. */
export type ShipmentOwner = Pick<ShipmentRow, 'orderId' | 'customerId'>;

/** What the carrier made of a cancellation. `cancelled`: nothing is shipped, and nothing ever will be. */
export type CancellationOutcome = 'cancelled' | 'handed over';

/** What the carrier made of a booking. `undone`: the reference was cancelled before, so nothing is shipped. */
export type BookingOutcome =
  | { readonly outcome: 'booked'; readonly trackingNumber: string }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'undone' };

/** The edges along which the status moves. */
export const TRANSITIONS: Readonly<Record<ShipmentStatus, readonly ShipmentStatus[]>> = {
  INTENT: ['BOOKED', 'REFUSED', 'CANCELLING'],
  BOOKED: ['CANCELLING'],
  REFUSED: ['CANCELLING'],
  CANCELLING: ['CANCELLED', 'BOOKED'],
  CANCELLED: [],
};

/** The carrier does not deliver to this address. Never retried. */
export class AddressRefusedError extends AppError {
  override readonly name = 'AddressRefusedError';
  constructor() {
    super('the carrier does not deliver to this address', { code: 'SHIPPING_REFUSED', status: 422 });
  }
}

/** The carrier has the parcel in its hands: it can be cancelled no more. Never retried. */
export class ParcelHandedOverError extends AppError {
  override readonly name = 'ParcelHandedOverError';
  constructor() {
    super('the parcel has been handed over to the carrier', { code: 'HANDED_OVER', status: 409 });
  }
}

/** What the carrier did is not known. The same command again, with the same key, finds out. */
export class CarrierUnavailableError extends AppError {
  override readonly name = 'CarrierUnavailableError';
  constructor(why: string) {
    super('the carrier is not available at the moment', {
      code: 'SHIPPING_UNAVAILABLE',
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
      cause: new Error(why),
    });
  }
}

/** The shipment as the API shows it. A parcel that is not coming has no tracking number any more. */
export function toShipment(row: ShipmentRow) {
  const { orderId, trackingNumber, updatedAt } = row;
  const status = publicStatus(row);
  const isComing = status === 'BOOKED' && trackingNumber !== undefined;
  return { orderId, status, ...(isComing && { trackingNumber }), updatedAt };
}

/**
 * What the customer sees. During the undo it is still what it was before: until the carrier has confirmed the cancellation, the
 * parcel may well arrive. A refused shipment stays refused after its undo, for that is what happened to it.
 */
function publicStatus({ status, cancelledFrom = 'INTENT' }: ShipmentRow) {
  const wasRefused = status === 'CANCELLED' && cancelledFrom === 'REFUSED';
  const shown = status === 'CANCELLING' || wasRefused ? cancelledFrom : status;
  return shown === 'INTENT' ? 'PENDING' : shown;
}
