import type { PlaceOrderInput } from './contract';
import type { OrderRow, OrderSaga } from './domain';

/** What the sagas of an order are started with: references only, neither a token nor an address. */
export function toSagaInput(row: OrderRow): PlaceOrderInput {
  const { orderId, customerId, items, totalCents, currency } = row;
  const lines = items.map(({ sku, quantity }) => ({ sku, quantity }));
  return { orderId, customerId, lines, totalCents, currency };
}

/** The saga that an order is in, or was in last. */
export function sagaOf({ status, confirmedAt, handedOverAt }: OrderRow): OrderSaga {
  const isBeingCancelled = status !== 'CONFIRMED' && confirmedAt !== undefined;
  return isBeingCancelled || handedOverAt !== undefined ? 'cancel-order' : 'place-order';
}

/** When the saga of an order was asked for. */
export function begunAt({ createdAt, cancelRequestedAt, handedOverAt }: OrderRow, saga: OrderSaga): string {
  // A cancellation that came too late is told by its end.
  return saga === 'cancel-order' ? (cancelRequestedAt ?? handedOverAt ?? createdAt) : createdAt;
}
