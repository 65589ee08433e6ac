import * as v from 'valibot';
import {
  type CallParty,
  describeOutcome,
  lookUp,
  type PartyOutcome,
  readAnswer,
} from '../../lib/resilience/outside-party';
import { type Cancellation, ProviderUnavailableError } from './domain';

export interface Charge {
  /** Names the charge at the provider for ever: the order's id. */
  readonly reference: string;
  readonly orderId: string;
  readonly amountCents: number;
  readonly currency: string;
  /** Goes to the provider and nowhere else: it is neither stored nor logged. */
  readonly token: string;
  readonly idempotencyKey: string;
}

/** `undone`: the reference was cancelled before, so nothing is charged, or no longer. */
export type ChargeOutcome = 'captured' | 'declined' | 'undone';

/** The payment provider. Both operations may be repeated with the same arguments, and then find what they did before. */
export interface Provider {
  /**
   * @throws {ProviderUnavailableError} when it stays unknown whether anything was charged
   * @throws {CircuitOpenError} when the provider is not called at the moment: nothing was sent
   */
  charge(charge: Charge): Promise<ChargeOutcome>;
  /**
   * @throws {ProviderUnavailableError} when it is unknown whether it was cancelled
   * @throws {CircuitOpenError} when the provider is not called at the moment
   */
  cancel(reference: string): Promise<Cancellation>;
}

const ChargeAnswer = v.object({ status: v.picklist(['CAPTURED', 'REFUNDED', 'BLOCKED']) });

const Cancelled = v.variant('status', [
  v.object({ status: v.literal('REFUNDED'), refundedCents: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) }),
  v.object({ status: v.literal('BLOCKED') }),
]);

const UnknownToken = v.object({ code: v.literal('UNKNOWN_TOKEN') });

/**
 * The provider behind its HTTP interface. A provider that speaks another one needs another file like this, or an adapter in
 * front of it, and must offer what this one asks for:
 *
 * - `POST /charges` with `Idempotency-Key` and `{ reference, orderId, amountCents, currency, token }`: 200 or 201 and
 *   `{ "status": "CAPTURED" }`; 402 when it is declined; 422 and `{ "code": "UNKNOWN_TOKEN" }`. Charges a reference at most once;
 *   a repeat answers the same.
 * - `GET /charges/{reference}`: 200 and `{ "status": "CAPTURED" | "REFUNDED" | "BLOCKED" }`; 404 when there is no such charge
 *   *yet*, which does not say that none is on its way.
 * - `POST /charges/{reference}/cancel`: 200 and `{ "status": "REFUNDED", "refundedCents" }`, or `{ "status": "BLOCKED" }` when
 *   nothing was captured; from then on the reference cannot be charged. A repeat answers the same.
 *
 * Every call carries `Authorization: Bearer <secret>`. Any other answer, and none at all, counts as unknown.
 */
export function openProvider(call: CallParty): Provider {
  return {
    async charge({ idempotencyKey, ...body }) {
      const headers = { 'idempotency-key': idempotencyKey };
      const first = await call({ method: 'POST', path: '/charges', headers, body });
      const outcome = readCharge(first) ?? (isDeclined(first) ? 'declined' : undefined);
      if (outcome) return outcome;
      const second = await lookUp(call, toPath(body.reference));
      const found = readCharge(second);
      if (found) return found;
      throw new ProviderUnavailableError(
        `the charge ${describeOutcome(first)}, the look-up ${describeOutcome(second)}`,
      );
    },
    async cancel(reference) {
      const answer = await call({ method: 'POST', path: `${toPath(reference)}/cancel` });
      const cancelled = readAnswer(Cancelled, answer);
      if (!cancelled) throw new ProviderUnavailableError(`the cancellation ${describeOutcome(answer)}`);
      if (cancelled.status === 'BLOCKED') return { outcome: 'blocked', refundedCents: 0 };
      return { outcome: 'refunded', refundedCents: cancelled.refundedCents };
    },
  };
}

/** The charge that an answer shows; `undefined` when it shows none. */
function readCharge(answer: PartyOutcome): ChargeOutcome | undefined {
  const charge = readAnswer(ChargeAnswer, answer);
  return charge && (charge.status === 'CAPTURED' ? 'captured' : 'undone');
}

/** A 422 of another kind, such as for a key that was used before, is a fault of ours and says nothing about the card. */
function isDeclined(answer: PartyOutcome): boolean {
  if (answer.kind !== 'answered') return false;
  return answer.status === 402 || (answer.status === 422 && v.is(UnknownToken, answer.body));
}

function toPath(reference: string): string {
  return `/charges/${encodeURIComponent(reference)}`;
}
