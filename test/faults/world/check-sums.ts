import type { FoundViolation } from '../simulation';
import type { ClientRecord } from './client-record';
import { type Check, type Evidence, outcomeOf, totalOf } from './evidence';

/**
 * Money, parcels and stock, from what the outside parties and the stock rows say and from what the plan wants: an order that is
 * kept has all of it once, one that is undone nothing. What was reserved for a kept order is sold, once, and what was sold for one
 * that is undone is back.
 */
export const checkSums: Check = (evidence) => {
  const outcomes = new Map(evidence.books.orders.map(({ orderId, status }) => [orderId, outcomeOf(status)]));
  return [
    ...evidence.clients.flatMap((record) => checkParties(evidence, record, outcomes.get(record.orderId))),
    ...checkKeys(evidence),
    ...checkMoneySum(evidence, outcomes),
    ...evidence.plan.stock.flatMap(({ sku, onHand }) => checkStock(evidence, sku, onHand, outcomes)),
  ];
};

type Outcomes = ReadonlyMap<string, 'kept' | 'undone' | undefined>;

function checkParties(
  { plan, books }: Evidence,
  { orderId, order }: ClientRecord,
  outcome: 'kept' | 'undone' | undefined,
): FoundViolation[] {
  const found: FoundViolation[] = [];
  const charges = (books.charges ?? []).filter((charge) => charge.orderId === orderId);
  const parcels = (books.parcels ?? []).filter((parcel) => parcel.orderId === orderId && parcel.status === 'BOOKED');
  const total = totalOf(plan, order.lines);
  const made = charges.filter(({ status }) => status === 'CAPTURED' || status === 'REFUNDED');
  const note = (rule: string, what: string) => found.push({ rule, detail: `${orderId} ${what}` });
  if (made.length > 1) note('money', `was charged ${made.length} times`);
  for (const { amountCents } of made)
    if (amountCents !== total) note('money', `was charged ${amountCents}, not ${total}`);
  if (outcome === undefined) return found;
  const held = charges.filter(({ status }) => status === 'CAPTURED').length;
  const wanted = outcome === 'kept' ? 1 : 0;
  if (held !== wanted) note('money', `is ${outcome}, ${held} charges are held`);
  if (parcels.length !== wanted) note('parcels', `is ${outcome}, ${parcels.length} parcels are booked`);
  return found;
}

/** A party that goes by the key alone would do it once for each. */
function checkKeys({ partyKeys }: Evidence): FoundViolation[] {
  return [...partyKeys]
    .filter(([, keys]) => keys.size > 1)
    .map(([what, keys]) => ({ rule: 'keys', detail: `${what} was sent with ${[...keys].join(' and ')}` }));
}

function checkMoneySum({ plan, books, clients }: Evidence, outcomes: Outcomes): FoundViolation[] {
  const settled = clients.filter(({ orderId }) => outcomes.get(orderId) !== undefined);
  const ids = new Set(settled.map(({ orderId }) => orderId));
  const worth = settled
    .filter(({ orderId }) => outcomes.get(orderId) === 'kept')
    .reduce((sum, { order }) => sum + totalOf(plan, order.lines), 0);
  const held = (books.charges ?? [])
    .filter(({ orderId, status }) => status === 'CAPTURED' && ids.has(orderId))
    .reduce((sum, { amountCents }) => sum + amountCents, 0);
  return held === worth ? [] : [{ rule: 'money', detail: `all kept orders are worth ${worth}, ${held} is held` }];
}

function checkStock({ books, clients }: Evidence, sku: string, onHand: number, outcomes: Outcomes): FoundViolation[] {
  const found: FoundViolation[] = [];
  const note = (what: string) => found.push({ rule: 'stock', detail: `${sku} ${what}` });
  const row = books.stock.find((it) => it.sku === sku);
  if (!row) return [{ rule: 'stock', detail: `${sku} is not there` }];
  const { available, reserved, pending } = row;
  if (available < 0 || reserved < 0) note(`has ${available} available and ${reserved} reserved`);
  const sum = Object.values(pending).reduce((total, quantity) => total + quantity, 0);
  if (sum !== reserved) note(`has ${reserved} reserved, its orders ${sum}`);
  let kept = 0;
  for (const { orderId, order } of clients) {
    const outcome = outcomes.get(orderId);
    if (outcome === 'kept') kept += order.lines.find((line) => line.sku === sku)?.quantity ?? 0;
    const has = pending[orderId] ?? 0;
    if (outcome !== undefined && has !== 0) note(`has ${has} reserved for ${orderId}, which is ${outcome}`);
  }
  if (available + reserved + kept !== onHand)
    note(`has ${available} + ${reserved} of ${onHand}, and ${kept} are bought`);
  return found;
}
