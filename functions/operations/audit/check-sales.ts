import type { Books, OrderEntry, ReturnEntry, StockEntry } from './books';
import { LAGGING_AFTER_MS } from './check-executions';
import { type Violation, violationOf } from './violation';

const violation = violationOf('stock');

/** From which to which number of pieces, both included. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/** What the orders say that must have been sold of a SKU, and brought back. */
interface Sales {
  readonly sold: Range;
  readonly returned: Range;
}

/**
 * What each row says was sold and brought back is what its orders say, so that no sale and no return was lost or made twice: a line
 * of an order that was confirmed is either still reserved or sold, and a sold line of one that was cancelled then is brought back.
 * A return of what was still reserved counts as a sale too. Orders are read before the stock, and the stock before what was
 * brought back: of an order that was on its way then, either may have happened.
 */
export function checkSales({ orders, stock, returns }: Books, now: number): Violation[] {
  if (!returns) return [];
  const back = new Map(returns.map((entry) => [`${entry.orderId} ${entry.returnedSku}`, entry]));
  const rows = new Map(stock.map((row) => [row.sku, row]));
  const sales = new Map<string, Sales>([...rows.keys()].map((sku) => [sku, toSales(0, 0, 0, 0)]));
  for (const order of orders) {
    for (const { sku, quantity } of order.items) {
      const isReserved = rows.get(sku)?.pending[order.orderId] !== undefined;
      const ofLine = isReserved ? NONE : salesOf(order, quantity, back.has(`${order.orderId} ${sku}`));
      sales.set(sku, add(sales.get(sku) ?? NONE, ofLine));
    }
  }
  return [
    ...[...sales].flatMap(([sku, expected]) => checkSums(sku, rows.get(sku), expected)),
    ...checkReturns(orders, returns, back, now),
  ];
}

function toSales(leastSold: number, mostSold: number, leastReturned: number, mostReturned: number): Sales {
  return {
    sold: { least: leastSold, most: mostSold },
    returned: { least: leastReturned, most: mostReturned },
  };
}

const NONE = toSales(0, 0, 0, 0);

/** What a line that is not reserved (any more) has made of the row. */
function salesOf(order: OrderEntry, quantity: number, isBack: boolean): Sales {
  if (order.isNewer || order.status === 'PENDING') return toSales(0, quantity, 0, quantity);
  if (!wasConfirmed(order)) return NONE;
  if (order.status === 'CANCELLED') return toSales(quantity, quantity, quantity, quantity);
  return toSales(quantity, quantity, 0, isBack ? quantity : 0);
}

/** What is rejected was never confirmed, whatever else its row says. */
function wasConfirmed({ status, confirmedAt }: OrderEntry): boolean {
  return status === 'CONFIRMED' || (confirmedAt !== undefined && status !== 'REJECTED');
}

function add(one: Sales, other: Sales): Sales {
  return toSales(
    one.sold.least + other.sold.least,
    one.sold.most + other.sold.most,
    one.returned.least + other.returned.least,
    one.returned.most + other.returned.most,
  );
}

function checkSums(sku: string, row: StockEntry | undefined, expected: Sales): Violation[] {
  const { sold = 0, returned = 0 } = row ?? {};
  return [
    ...(isWithin(sold, expected.sold)
      ? []
      : [violation(sku, `has ${sold} sold, its orders have ${show(expected.sold)}`)]),
    ...(isWithin(returned, expected.returned)
      ? []
      : [violation(sku, `has ${returned} brought back, its orders have ${show(expected.returned)}`)]),
  ];
}

function isWithin(count: number, { least, most }: Range): boolean {
  return count >= least && count <= most;
}

function show({ least, most }: Range): string {
  return least === most ? String(least) : `${least} to ${most}`;
}

/** All of an order that was cancelled after it was confirmed is back, and nothing of any other. */
function checkReturns(
  orders: readonly OrderEntry[],
  returns: readonly ReturnEntry[],
  back: ReadonlyMap<string, ReturnEntry>,
  now: number,
): Violation[] {
  const byId = new Map(orders.map((order) => [order.orderId, order]));
  const missing = orders
    .filter((order) => order.status === 'CANCELLED' && wasConfirmed(order) && !order.isNewer)
    .flatMap(({ orderId, items }) =>
      items
        .filter(({ sku, quantity }) => back.get(`${orderId} ${sku}`)?.quantity !== quantity)
        .map(({ sku, quantity }) => violation(orderId, `is CANCELLED, ${quantity} of ${sku} are not back`)),
    );
  const tooMany = returns
    // The order may have been taken back after it was read.
    .filter(
      ({ orderId, returnedAt }) => !isTakenBack(byId.get(orderId)) && now - Date.parse(returnedAt) > LAGGING_AFTER_MS,
    )
    .map(({ orderId, returnedSku, quantity }) =>
      violation(orderId, `is ${byId.get(orderId)?.status ?? 'not there'}, ${quantity} of ${returnedSku} are back`),
    );
  return [...missing, ...tooMany];
}

/** It was confirmed, and its cancellation has begun. */
function isTakenBack(order: OrderEntry | undefined): boolean {
  return order !== undefined && wasConfirmed(order) && order.status !== 'CONFIRMED';
}
