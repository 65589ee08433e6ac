import { AppError, type FieldError } from '../../lib/errors/app-error';
import { InvalidRequestError } from '../../lib/errors/request-errors';
import type { Address } from './contract';

export type OrderStatus = 'PENDING' | 'CONFIRMED' | 'REJECTED' | 'CANCELLED' | 'NEEDS_ATTENTION';

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
}

/** The edges along which the status moves. `NEEDS_ATTENTION` is left when its undos are done in the end. */
export const TRANSITIONS: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
  PENDING: ['CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'],
  NEEDS_ATTENTION: ['REJECTED', 'CANCELLED'],
  CONFIRMED: [],
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
  const { orderId, status, totalCents, currency, createdAt, updatedAt, rejection } = row;
  // Written out, because a map that comes back from the table may have its members in another order.
  const items = row.items.map(({ sku, quantity, unitPriceCents }) => ({ sku, quantity, unitPriceCents }));
  return { orderId, status, items, totalCents, currency, createdAt, updatedAt, ...(rejection && { rejection }) };
}

/**
 * What the customer is told of a failure. The message of a refusal is made for customers and is taken from the cause; of
 * anything else they learn that it did not work, not why.
 */
export function toRejection(failure: { code: string; step: string; error: string; cause?: string }): Rejection {
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
