import type { FoundViolation, PlannedOrder } from '../simulation';
import type { ClientRecord } from './client-record';
import { type Check, type Evidence, outcomeOf } from './evidence';

/**
 * An order is refused for what is wrong with it: a card is declined that the plan has declined, an address refused that it has
 * refused. And an order that nothing is wrong with, and that no fault has struck, is kept.
 */
export const checkOutcomes: Check = (evidence) => {
  const struck = new Set(evidence.strikes.map(({ call }) => call.orderId));
  return evidence.clients.flatMap((record) => checkOutcome(evidence, record, struck.has(record.orderId)));
};

/** What each refusal is for. */
const REASONS: Readonly<Record<string, (order: PlannedOrder) => boolean>> = {
  PAYMENT_DECLINED: ({ token }) => token === 'tok_declined',
  SHIPPING_REFUSED: ({ postalCode }) => postalCode === '00000',
  UNKNOWN_SKU: () => false,
};

function checkOutcome(
  { plan, versions }: Evidence,
  { orderId, order }: ClientRecord,
  isStruck: boolean,
): FoundViolation[] {
  const row = versions.get(orderId)?.at(-1)?.row;
  const code = row?.rejection?.code;
  const found: FoundViolation[] = [];
  const note = (what: string) => found.push({ rule: 'outcomes', detail: `${orderId} ${what}` });
  const isTrue = REASONS[code ?? '']?.(order) ?? true;
  if (!isTrue) note(`is refused for ${code}, with ${order.token} to ${order.postalCode}`);
  const wanted = new Set(order.lines.map(({ sku }) => sku));
  const all = plan.orders.flatMap(({ lines }) => lines);
  const isPlenty = [...wanted].every((sku) => {
    const sum = all.filter((line) => line.sku === sku).reduce((total, { quantity }) => total + quantity, 0);
    return sum <= (plan.stock.find((item) => item.sku === sku)?.onHand ?? 0);
  });
  const isWell = order.token === 'tok_ok' && order.postalCode === '10115' && order.cancelledAtMs === undefined;
  if (!isStruck && isWell && isPlenty && outcomeOf(row?.status) === 'undone') {
    note(`is ${row?.status} for ${code}, and nothing is wrong with it`);
  }
  return found;
}
