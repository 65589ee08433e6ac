import { AppError } from '../../lib/errors/app-error';

/**
 * `INTENT`: written before the provider is asked, so that no charge is without a record. `CANCELLING`: the undo has begun, no
 * charge counts any more; what becomes of it, the provider says. `VOIDED`: nothing was charged, and nothing ever will be.
 */
export type PaymentStatus = 'INTENT' | 'CAPTURED' | 'DECLINED' | 'CANCELLING' | 'REFUNDED' | 'VOIDED';

/** The payment of one order as it is stored. The card's token is not: nobody can charge with what is read here. */
export interface PaymentRow {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: PaymentStatus;
  readonly amountCents: number;
  readonly refundedCents: number;
  readonly currency: string;
  readonly updatedAt: string;
  /** The Idempotency-Key that the charge was sent with; absent when the undo came first. */
  readonly providerKey?: string;
  /** The state in which the undo found the payment; `INTENT` when it found none. */
  readonly cancelledFrom?: PaymentStatus;
}

/** What of a payment the saga's commands say. */
export type PaymentTerms = Pick<PaymentRow, 'orderId' | 'customerId' | 'amountCents' | 'currency'>;

/** The edges along which the status moves. */
export const TRANSITIONS: Readonly<Record<PaymentStatus, readonly PaymentStatus[]>> = {
  INTENT: ['CAPTURED', 'DECLINED', 'CANCELLING'],
  CAPTURED: ['CANCELLING'],
  DECLINED: ['CANCELLING'],
  CANCELLING: ['REFUNDED', 'VOIDED'],
  REFUNDED: [],
  VOIDED: [],
};

/** The provider says no to this charge. Never retried. */
export class PaymentDeclinedError extends AppError {
  override readonly name = 'PaymentDeclinedError';
  constructor() {
    super('the payment was declined', { code: 'PAYMENT_DECLINED', status: 402 });
  }
}

/** What the provider did is not known. The same command again, with the same key, finds out. */
export class ProviderUnavailableError extends AppError {
  override readonly name = 'ProviderUnavailableError';
  constructor(why: string) {
    super('the payment provider is not available at the moment', {
      code: 'PAYMENT_UNAVAILABLE',
      status: 503,
      retryable: true,
      retryAfterSeconds: 2,
      cause: new Error(why),
    });
  }
}

/** What a cancellation at the provider came to. `blocked`: nothing had been charged, and nothing ever will be. */
export interface Cancellation {
  readonly outcome: 'refunded' | 'blocked';
  /** What was captured and is given back; 0 when blocked. */
  readonly refundedCents: number;
}

/** The payment as the API shows it. */
export function toPayment(row: PaymentRow) {
  const { orderId, amountCents, refundedCents, currency, updatedAt } = row;
  return { orderId, status: publicStatus(row), amountCents, refundedCents, currency, updatedAt };
}

/**
 * What the customer sees. During the undo it is still what it was before: money is shown as given back when it has been, not
 * when we mean to. A declined payment stays declined after its undo, for that is what happened to it.
 */
function publicStatus({ status, cancelledFrom = 'INTENT' }: PaymentRow) {
  const wasDeclined = status === 'VOIDED' && cancelledFrom === 'DECLINED';
  const shown = status === 'CANCELLING' || wasDeclined ? cancelledFrom : status;
  return shown === 'INTENT' ? 'PENDING' : shown;
}
