import { emit, type OutboxEntry } from '../../lib/events/outbox';
import type { PlaceOrderInput } from './contract';
import type { Rejection, SagaFailure } from './domain';
import { orderCancelled, orderConfirmed, orderParked, orderRejected } from './events';

/** The order that a command is about, as far as all of its events tell it. */
export type OrderOwner = Pick<PlaceOrderInput, 'orderId' | 'customerId'>;

/** The command that moves an order, and when. */
export interface Cause {
  /** Its `idempotencyKey`. */
  readonly causationId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Tells that an order is confirmed. */
export function confirmedEvent(order: PlaceOrderInput, cause: Cause): OutboxEntry {
  const { orderId, customerId, lines, totalCents, currency } = order;
  const data = {
    orderId,
    customerId,
    lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    total: { amountMinor: totalCents, currency },
  };
  return emit(orderConfirmed, data, emissionOf(order, cause));
}

/** Tells that an order is rejected, and why, as the customer may know it. */
export function rejectedEvent(order: OrderOwner, { code, detail }: Rejection, cause: Cause): OutboxEntry {
  return emit(orderRejected, { ...ownerOf(order), code, detail }, emissionOf(order, cause));
}

/** Tells that an order is cancelled, before it was confirmed or after. */
export function cancelledEvent(order: OrderOwner, cause: Cause): OutboxEntry {
  return emit(orderCancelled, ownerOf(order), emissionOf(order, cause));
}

/** Tells that people must look at an order. */
export function parkedEvent(order: OrderOwner, { code }: SagaFailure, cause: Cause): OutboxEntry {
  return emit(orderParked, { ...ownerOf(order), code }, emissionOf(order, cause));
}

function ownerOf({ orderId, customerId }: OrderOwner): OrderOwner {
  return { orderId, customerId };
}

/** All that becomes of an order is one process. */
function emissionOf({ orderId }: OrderOwner, { causationId, now }: Cause) {
  return { correlationId: orderId, causationId, now };
}
