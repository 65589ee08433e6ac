import * as v from 'valibot';
import {
  type CallParty,
  describeOutcome,
  lookUp,
  type PartyOutcome,
  readAnswer,
} from '../../lib/resilience/outside-party';
import type { Address } from '../orders/contract';
import { type BookingOutcome, type CancellationOutcome, CarrierUnavailableError } from './domain';

export interface Booking {
  /** Names the parcel at the carrier for ever: the order's id. */
  readonly reference: string;
  readonly orderId: string;
  /** Goes to the carrier and nowhere else: it is neither stored nor logged here. */
  readonly address: Address;
  readonly idempotencyKey: string;
}

/** The carrier. All operations may be repeated with the same arguments, and then find what they did before. */
export interface Carrier {
  /**
   * @throws {CarrierUnavailableError} when it stays unknown whether a parcel was booked
   * @throws {CircuitOpenError} when the carrier is not called at the moment: nothing was sent
   */
  book(booking: Booking): Promise<BookingOutcome>;
  /**
   * @throws {CarrierUnavailableError} when it is unknown whether it was cancelled
   * @throws {CircuitOpenError} when the carrier is not called at the moment
   */
  cancel(reference: string): Promise<CancellationOutcome>;
  /** Whether it has the parcel in its hands, as far as it says; `unknown` also while it is not called. */
  findHandover(reference: string): Promise<boolean | 'unknown'>;
}

const Parcel = v.variant('status', [
  v.object({
    status: v.literal('BOOKED'),
    trackingNumber: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
    handedOver: v.optional(v.boolean(), false),
  }),
  v.object({ status: v.picklist(['CANCELLED', 'BLOCKED']) }),
]);

const Cancelled = v.object({ status: v.picklist(['CANCELLED', 'BLOCKED']) });

const Refusal = v.object({ code: v.literal('ADDRESS_REFUSED') });

const HandedOver = v.object({ code: v.literal('HANDED_OVER') });

/**
 * The carrier behind its HTTP interface. A carrier that speaks another one needs another file like this, or an adapter in front
 * of it, and must offer what this one asks for:
 *
 * - `POST /parcels` with `Idempotency-Key` and `{ reference, orderId, address: { name, line1, line2?, city, postalCode, country } }`:
 *   200 or 201 and `{ "status": "BOOKED", "trackingNumber" }`; 422 and `{ "code": "ADDRESS_REFUSED" }`. Books a reference at most
 *   once; a repeat answers the same.
 * - `GET /parcels/{reference}`: 200 and `{ "status": "BOOKED" | "CANCELLED" | "BLOCKED", "trackingNumber"?, "handedOver"? }`; 404
 *   when there is no such parcel *yet*, which does not say that none is on its way. `handedOver` is `true` from the moment at
 *   which the carrier has the parcel in its hands, and stays so.
 * - `POST /parcels/{reference}/cancel`: 200 and `{ "status": "CANCELLED" }`, or `{ "status": "BLOCKED" }` when nothing was
 *   booked; from then on the reference cannot be booked, nor handed over. 409 and `{ "code": "HANDED_OVER" }` when the parcel
 *   was handed over before: then nothing changes, and it is delivered. A repeat answers the same.
 *
 * It takes no parcel with it before the shop tells it to: one whose order is not confirmed may still be cancelled.
 *
 * Every call carries `Authorization: Bearer <secret>`. Any other answer, and none at all, counts as unknown.
 */
export function openCarrier(call: CallParty): Carrier {
  return {
    async book({ idempotencyKey, ...body }) {
      const headers = { 'idempotency-key': idempotencyKey };
      const first = await call({ method: 'POST', path: '/parcels', headers, body });
      const outcome = readBooking(first);
      if (outcome) return outcome;
      // A 422 of another kind, such as for a key that was used before, is a fault of ours and says nothing about the address.
      if (isProblem(first, 422, Refusal)) return { outcome: 'refused' };
      const second = await lookUp(call, toPath(body.reference));
      const found = readBooking(second);
      if (found) return found;
      throw new CarrierUnavailableError(
        `the booking ${describeOutcome(first)}, the look-up ${describeOutcome(second)}`,
      );
    },
    async cancel(reference) {
      const answer = await call({ method: 'POST', path: `${toPath(reference)}/cancel` });
      if (readAnswer(Cancelled, answer)) return 'cancelled';
      if (isProblem(answer, 409, HandedOver)) return 'handed over';
      throw new CarrierUnavailableError(`the cancellation ${describeOutcome(answer)}`);
    },
    async findHandover(reference) {
      const answer = await lookUp(call, toPath(reference));
      if (answer.kind === 'answered' && answer.status === 404) return false;
      const parcel = readAnswer(Parcel, answer);
      if (!parcel) return 'unknown';
      return parcel.status === 'BOOKED' && parcel.handedOver;
    },
  };
}

/** The parcel that an answer shows; `undefined` when it shows none. */
function readBooking(answer: PartyOutcome): BookingOutcome | undefined {
  const parcel = readAnswer(Parcel, answer);
  if (!parcel) return undefined;
  if (parcel.status !== 'BOOKED') return { outcome: 'undone' };
  return { outcome: 'booked', trackingNumber: parcel.trackingNumber };
}

function isProblem(answer: PartyOutcome, status: number, schema: v.GenericSchema): boolean {
  return answer.kind === 'answered' && answer.status === status && v.is(schema, answer.body);
}

function toPath(reference: string): string {
  return `/parcels/${encodeURIComponent(reference)}`;
}
