import { AppError } from '../../lib/errors/app-error';
import { IdempotencyKeyReusedError } from '../../lib/errors/request-errors';

/** What is kept of charges, of parcels and of messages. */
export type Book = 'charges' | 'parcels' | 'messages';

/** The books whose entries can be cancelled. What was said, was said. */
export type CancellableBook = Exclude<Book, 'messages'>;

/** The states of an entry by its book. `BLOCKED`: cancelled before it was there, so it can never come. */
export const STATES = {
  charges: { done: 'CAPTURED', undone: 'REFUNDED', blocked: 'BLOCKED' },
  parcels: { done: 'BOOKED', undone: 'CANCELLED', blocked: 'BLOCKED' },
} as const;

/** One line in a book. */
export type Entry = CancellableEntry | Message;

interface Line {
  readonly reference: string;
  readonly updatedAt: string;
}

/** A charge or a parcel. */
export interface CancellableEntry extends Line {
  readonly book: CancellableBook;
  /** The reference again where it is `BLOCKED`: nobody has said which order it is for. */
  readonly orderId: string;
  readonly status: 'CAPTURED' | 'REFUNDED' | 'BOOKED' | 'CANCELLED' | 'BLOCKED';
  /** Absent when it is `BLOCKED`, as everything below. */
  readonly idempotencyKey?: string;
  readonly amountCents?: number;
  readonly currency?: string;
  readonly trackingNumber?: string;
  /** Refunds fail while it is there. */
  readonly refundFault?: true;
  /** The carrier has the parcel in its hands. */
  readonly handedOver?: true;
}

/** A message that was sent to a customer. Of its text there is only a digest, to tell a repeat from another message. */
export interface Message extends Line {
  readonly book: 'messages';
  readonly status: 'SENT';
  readonly idempotencyKey: string;
  readonly customerId: string;
  readonly type: string;
  readonly messageHash: string;
}

/** The charge is declined. 402. */
export class DeclinedError extends AppError {
  override readonly name = 'DeclinedError';
  constructor() {
    super('the card was declined', { code: 'DECLINED', status: 402 });
  }
}

/** No payment token of the sandbox. 422. */
export class UnknownTokenError extends AppError {
  override readonly name = 'UnknownTokenError';
  constructor() {
    super(`token must be one of ${[...CHARGES.keys()].join(', ')}`, { code: 'UNKNOWN_TOKEN', status: 422 });
  }
}

/** The carrier does not go there. 422. */
export class AddressRefusedError extends AppError {
  override readonly name = 'AddressRefusedError';
  constructor() {
    super('there is no delivery to this postal code', { code: 'ADDRESS_REFUSED', status: 422 });
  }
}

/** The reference was cancelled before anything was there. 409. */
export class ReferenceBlockedError extends AppError {
  override readonly name = 'ReferenceBlockedError';
  constructor(reference: string) {
    super(`${reference} was cancelled before it came`, { code: 'REFERENCE_BLOCKED', status: 409 });
  }
}

/** The reference is there already, under another Idempotency-Key. 409. */
export class ReferenceTakenError extends AppError {
  override readonly name = 'ReferenceTakenError';
  constructor(reference: string) {
    super(`${reference} was used before with another Idempotency-Key`, { code: 'REFERENCE_TAKEN', status: 409 });
  }
}

/** The parcel is in the carrier's hands and cannot be cancelled any more. 409. */
export class HandedOverError extends AppError {
  override readonly name = 'HandedOverError';
  constructor(reference: string) {
    super(`${reference} has been handed over`, { code: 'HANDED_OVER', status: 409 });
  }
}

/** Only a parcel that is booked can be handed over. 409. */
export class ParcelNotBookedError extends AppError {
  override readonly name = 'ParcelNotBookedError';
  constructor(reference: string, status: string) {
    super(`${reference} must be BOOKED to be handed over, it is ${status}`, { code: 'PARCEL_NOT_BOOKED', status: 409 });
  }
}

/** A refund that is refused because this was asked for, by a provider that is well otherwise. 409. */
export class RefundRefusedError extends AppError {
  override readonly name = 'RefundRefusedError';
  constructor(reference: string) {
    super(`${reference} cannot be refunded until its fault is lifted`, { code: 'REFUND_REFUSED', status: 409 });
  }
}

/** A failure that was asked for. 500 or 503. */
export class SandboxFaultError extends AppError {
  override readonly name = 'SandboxFaultError';
  constructor(status: 500 | 503) {
    super('this failure was asked for', { code: 'SANDBOX_FAULT', status, retryable: true });
  }
}

/**
 * Ends the invocation without an answer. Not an {@link AppError}, which would be answered: the function URL says 502, from which
 * the caller cannot know that the effect is there.
 */
export class ReplyLostError extends Error {
  override readonly name = 'ReplyLostError';
  constructor(reference: string) {
    super(`the reply for ${reference} is lost on purpose`);
  }
}

/** What is done with a charge or a parcel. Those that begin with `accept` enter it in the books, the others do not. */
export type Plan =
  | 'accept'
  | 'accept, lose the reply'
  | 'accept, fail refunds'
  | 'decline'
  | 'refuse'
  | 'fail'
  | 'be unavailable'
  | 'stay silent';

/** Attempts of `tok_flaky` that fail, for each Idempotency-Key. */
const FLAKY_FAILURES = 2;

const CHARGES = new Map<string, (attempt: number) => Plan>([
  ['tok_ok', () => 'accept'],
  ['tok_declined', () => 'decline'],
  ['tok_error', () => 'fail'],
  ['tok_timeout', () => 'stay silent'],
  ['tok_lost_reply', () => 'accept, lose the reply'],
  ['tok_flaky', (attempt) => (attempt <= FLAKY_FAILURES ? 'be unavailable' : 'accept')],
  ['tok_refund_fails', () => 'accept, fail refunds'],
]);

const PARCELS = new Map<string, Plan>([
  ['00000', 'refuse'],
  ['99999', 'fail'],
  ['99998', 'accept, lose the reply'],
]);

/** What a payment token does. `attempt` counts from 1 for each Idempotency-Key. @throws {UnknownTokenError} */
export function planCharge(token: string, attempt: number): Plan {
  const plan = CHARGES.get(token);
  if (!plan) throw new UnknownTokenError();
  return plan(attempt);
}

/** What a postal code does: any but three is delivered to. */
export function planParcel(postalCode: string): Plan {
  return PARCELS.get(postalCode) ?? 'accept';
}

/** What a repeat must say again, of whatever book. */
const TERMS = ['orderId', 'amountCents', 'currency', 'customerId', 'type', 'messageHash'] as const;

type Terms = Readonly<Partial<Record<(typeof TERMS)[number], string | number>>>;

/** @throws {ReferenceBlockedError | ReferenceTakenError | IdempotencyKeyReusedError} unless `entry` repeats `existing` */
export function requireRepeat(existing: Entry, entry: Entry): void {
  const { reference } = entry;
  if (existing.status === 'BLOCKED') throw new ReferenceBlockedError(reference);
  if (existing.idempotencyKey !== entry.idempotencyKey) throw new ReferenceTakenError(reference);
  const [before, now]: readonly Terms[] = [existing, entry];
  if (!TERMS.every((name) => before?.[name] === now?.[name])) throw new IdempotencyKeyReusedError();
}
