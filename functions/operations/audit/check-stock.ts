import type { Books, OrderEntry, StockEntry } from './books';
import { isUndone, type Violation, violationOf } from './violation';

const violation = violationOf('stock');

/** Longer than a sale is tried before its event becomes a dead letter. */
export const UNSOLD_AFTER_MS = 2 * 60 * 60_000;

/**
 * The figures of each row agree; what is reserved is reserved for orders that want it, and not for long once they are confirmed:
 * then it is sold. Which sales and returns there have been is recomputed elsewhere (`checkSales`).
 */
export function checkStock(books: Books, now: number): Violation[] {
  const orders = new Map(books.orders.map((order) => [order.orderId, order]));
  return books.stock.flatMap((row) => [
    ...checkRow(row),
    ...Object.entries(row.pending).flatMap(([orderId, quantity]) =>
      checkReservation(row.sku, orderId, quantity, orders.get(orderId), now),
    ),
  ]);
}

function checkRow(row: StockEntry): Violation[] {
  const { sku, available, reserved, pending, released, sold = 0, returned = 0 } = row;
  const sum = Object.values(pending).reduce((total, quantity) => total + quantity, 0);
  const found = Object.entries({ available, reserved, sold, returned })
    .filter(([, count]) => !isCount(count))
    .map(([name, count]) => violation(sku, `has ${count} ${name}`));
  if (sum !== reserved) found.push(violation(sku, `has ${reserved} reserved, its orders have ${sum}`));
  for (const orderId of Object.keys(released ?? {}).filter((id) => pending[id] !== undefined)) {
    found.push(violation(sku, `has ${pending[orderId]} reserved for ${orderId}, which was released or sold`));
  }
  const left = leftOf(row);
  if (left !== undefined && available + reserved !== left) {
    found.push(violation(sku, `has ${available + reserved} on hand, its last count leaves ${left}`));
  }
  return found;
}

/** What must be on hand: what the shop counted, without what was sold since, with what was brought back since. */
function leftOf({ counted, sold = 0, soldBefore = 0, returned = 0, returnedBefore = 0 }: StockEntry) {
  return counted === undefined ? undefined : counted - (sold - soldBefore) + (returned - returnedBefore);
}

function checkReservation(
  sku: string,
  orderId: string,
  quantity: number,
  order: OrderEntry | undefined,
  now: number,
): Violation[] {
  const reserved = `has ${quantity} reserved for ${orderId}, which`;
  if (!order || isUndone(order)) return [violation(sku, `${reserved} is ${order?.status ?? 'not there'}`)];
  const wanted = order.items.find((item) => item.sku === sku)?.quantity;
  if (wanted !== quantity) return [violation(sku, `${reserved} wants ${wanted ?? 'none'}`)];
  const { status, confirmedAt = order.updatedAt } = order;
  const isUnsold = status === 'CONFIRMED' && now - Date.parse(confirmedAt) > UNSOLD_AFTER_MS;
  return isUnsold ? [violation(sku, `${reserved} is CONFIRMED since ${confirmedAt}: it is not sold`)] : [];
}

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 0;
}
