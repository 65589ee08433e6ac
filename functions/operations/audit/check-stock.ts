import type { Books, OrderEntry, StockEntry } from './books';
import { isUndone, type Violation, violationOf } from './violation';

const violation = violationOf('stock');

/** What is reserved is reserved for orders that want it, and every confirmed order has what it bought. */
export function checkStock(books: Books): Violation[] {
  const orders = new Map(books.orders.map((order) => [order.orderId, order]));
  const stock = new Map(books.stock.map((row) => [row.sku, row]));
  const confirmed = books.orders.filter(({ status }) => status === 'CONFIRMED');
  return [
    ...books.stock.flatMap((row) => [...checkRow(row), ...checkReservations(row, orders)]),
    ...confirmed.flatMap(({ orderId, items }) =>
      items
        .map(({ sku, quantity }) => ({ sku, quantity, reserved: stock.get(sku)?.pending[orderId] ?? 0 }))
        .filter(({ quantity, reserved }) => reserved !== quantity)
        .map(({ sku, quantity, reserved }) =>
          violation(orderId, `is CONFIRMED with ${quantity} of ${sku}, ${reserved} are reserved for it`),
        ),
    ),
  ];
}

function checkRow({ sku, available, reserved, pending, released }: StockEntry): Violation[] {
  const sum = Object.values(pending).reduce((total, quantity) => total + quantity, 0);
  const found = Object.entries({ available, reserved })
    .filter(([, count]) => !isCount(count))
    .map(([name, count]) => violation(sku, `has ${count} ${name}`));
  if (sum !== reserved) found.push(violation(sku, `has ${reserved} reserved, its orders have ${sum}`));
  for (const orderId of Object.keys(released ?? {}).filter((id) => pending[id] !== undefined)) {
    found.push(violation(sku, `has ${pending[orderId]} reserved for ${orderId}, which was released or sold`));
  }
  return found;
}

function checkReservations({ sku, pending }: StockEntry, orders: ReadonlyMap<string, OrderEntry>): Violation[] {
  return Object.entries(pending).flatMap(([orderId, quantity]) => {
    const order = orders.get(orderId);
    const wanted = order?.items.find((item) => item.sku === sku)?.quantity;
    if (order && !isUndone(order) && wanted === quantity) return [];
    const why = !order || isUndone(order) ? `is ${order?.status ?? 'not there'}` : `wants ${wanted ?? 'none'}`;
    return [violation(sku, `has ${quantity} reserved for ${orderId}, which ${why}`)];
  });
}

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 0;
}
