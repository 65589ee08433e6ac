import { AppError, type FieldError } from '../../lib/errors/app-error';
import { InvalidRequestError } from '../../lib/errors/request-errors';
import type { Address } from './contract';

/** `CANCELLING`: confirmed, and being taken back. To the customer it is confirmed until it is cancelled. */
export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'CANCELLING' | 'REJECTED' | 'CANCELLED' | 'NEEDS_ATTENTION';

/** Why a saga gave up, as it is reported and kept: the refusing step and our code for it. */
export interface SagaFailure {
  readonly code: string;
  readonly step: string;
  readonly error: string;
  readonly cause?: string | undefined;
}

export interface Rejection {
  readonly code: string;
  readonly step: string;
  readonly detail: string;
}

export interface Line {
  readonly sku: string;
  readonly quantity: number;
}

/** An order as it is stored. */
export interface OrderRow {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  readonly items: ReadonlyArray<Line & { readonly unitPriceCents: number }>;
  readonly totalCents: number;
  readonly currency: string;
  /** Until the saga has come to an end: nobody needs the token after it. */
  readonly payment?: { readonly token: string };
  readonly shipTo: Address;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Fingerprint of the request that made it, to tell a repeat from another use of its key. */
  readonly requestHash: string;
  readonly rejection?: Rejection;
  /** Set when the saga has given the confirmation up: a late one is refused. */
  readonly abandonedAt?: string;
  readonly confirmedAt?: string;
  /** Set when the customer has taken the order back. While it is pending, its confirmation is refused from then on. */
  readonly cancelRequestedAt?: string;
  /** Set when a cancellation came too late: the carrier has the parcel. */
  readonly handedOverAt?: string;
  /** What the saga gave up for, while people must look at the order. */
  readonly failure?: Pick<SagaFailure, 'code' | 'step'>;
  readonly failedUndos?: readonly string[];
  /** The executions that took up the order's sagas after their first ones, the last 20. */
  readonly repairs?: readonly Repair[];
  /** W3C trace context of the request that made it: what the sagas do is part of that trace. */
  readonly traceparent?: string;
}

/** The sagas that an order goes through. */
export type OrderSaga = 'place-order' | 'cancel-order';

/** An execution that took up a saga. Attempts are counted over all sagas of the order, from 1. */
export interface Repair {
  readonly attempt: number;
  readonly saga: OrderSaga;
  readonly role: 'repair' | 'undo';
  readonly startedAt: string;
}

/** The edges along which the status moves. `NEEDS_ATTENTION` is left when what failed is done in the end. */
export const TRANSITIONS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'],
  CONFIRMED: ['CANCELLING'],
  CANCELLING: ['CONFIRMED', 'CANCELLED', 'NEEDS_ATTENTION'],
  NEEDS_ATTENTION: ['REJECTED', 'CANCELLED', 'CONFIRMED'],
  REJECTED: [],
  CANCELLED: [],
};

/** A SKU that inventory does not know. */
export class UnknownSkuError extends AppError {
  override readonly name = 'UnknownSkuError';
  constructor(errors: readonly FieldError[]) {
    super('the order names a SKU that does not exist', { code: 'UNKNOWN_SKU', status: 422, errors });
  }
}

/** An order has one currency and a total that can be counted. */
export class OrderNotPayableError extends AppError {
  override readonly name = 'OrderNotPayableError';
  constructor(detail: string, errors?: readonly FieldError[]) {
    super(detail, { code: 'ORDER_NOT_PAYABLE', status: 422, ...(errors && { errors }) });
  }
}

/** What became of an order's sagas, as operators see it. */
export type SagaStatus = 'running' | 'completed' | 'compensated' | 'parked';

const SAGA_STATUSES: Readonly<Record<OrderStatus, SagaStatus>> = {
  PENDING: 'running',
  CANCELLING: 'running',
  CONFIRMED: 'completed',
  REJECTED: 'compensated',
  CANCELLED: 'compensated',
  NEEDS_ATTENTION: 'parked',
};

/** A state that there is not, as an edit by hand leaves, is one for people. */
export function toSagaStatus(status: OrderStatus): SagaStatus {
  return SAGA_STATUSES[status] ?? 'parked';
}

/** The states of orders that count as one status of a saga. */
export function statusesOf(sagaStatus: SagaStatus): OrderStatus[] {
  return (Object.keys(SAGA_STATUSES) as OrderStatus[]).filter((status) => SAGA_STATUSES[status] === sagaStatus);
}

/** Whether the order has an outcome. A confirmed one can still be taken back. */
export function isOver(status: OrderStatus): boolean {
  return !['PENDING', 'CANCELLING', 'NEEDS_ATTENTION'].includes(status);
}

/** The customer has taken the order back before it was confirmed: the saga undoes it. Never retried. */
export class OrderCancelledError extends AppError {
  override readonly name = 'OrderCancelledError';
  constructor(orderId: string) {
    super(`order ${orderId} was cancelled before it was confirmed`, { code: 'CANCELLED', status: 409 });
  }
}

/** The order cannot be taken back any more. */
export class OrderNotCancellableError extends AppError {
  override readonly name = 'OrderNotCancellableError';
  constructor(orderId: string, why: string) {
    super(`order ${orderId} cannot be cancelled any more: ${why}`, { code: 'ORDER_NOT_CANCELLABLE', status: 409 });
  }
}

/** @throws {InvalidRequestError} when a SKU stands in more than one line: which quantity was meant is not for us to guess. */
export function requireDistinctSkus(items: readonly Line[]): void {
  const errors = items.flatMap(({ sku }, index) =>
    items.findIndex((other) => other.sku === sku) < index
      ? [{ path: `items[${index}].sku`, message: `must not repeat a line before it, got ${JSON.stringify(sku)}` }]
      : [],
  );
  if (errors.length > 0) throw new InvalidRequestError('each SKU may stand in one line only', errors);
}

/** The order as the API shows it. */
export function toOrder(row: OrderRow) {
  const { orderId, totalCents, currency, createdAt, updatedAt, rejection } = row;
  const status = row.status === 'CANCELLING' ? 'CONFIRMED' : row.status;
  // Written out, because a map that comes back from the table may have its members in another order.
  const items = row.items.map(({ sku, quantity, unitPriceCents }) => ({ sku, quantity, unitPriceCents }));
  return { orderId, status, items, totalCents, currency, createdAt, updatedAt, ...(rejection && { rejection }) };
}

/**
 * What the customer is told of a failure. The message of a refusal is made for customers and is taken from the cause; of
 * anything else they learn that it did not work, not why.
 */
export function toRejection(failure: SagaFailure): Rejection {
  const { code, step } = failure;
  const detail = isUnavailability(code) ? `${step} could not be carried out` : refusalMessage(failure.cause);
  return { code, step, detail: detail ?? `${step} was refused` };
}

function isUnavailability(code: string): boolean {
  return code.endsWith('_UNAVAILABLE');
}

/**
 * The message in a function's error, which reaches the saga as JSON text cut to a length: the message comes before the part
 * that may be cut.
 */
function refusalMessage(cause: string | undefined): string | undefined {
  const literal = /"errorMessage":\s*("(?:[^"\\]|\\.)*")/.exec(cause ?? '')?.[1];
  return literal === undefined ? undefined : String(JSON.parse(literal)).slice(0, 300);
}
