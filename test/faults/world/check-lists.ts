import type { FoundViolation } from '../simulation';
import type { ClientRecord, OrderList } from './client-record';
import { type Check, type Evidence, LAG_MS } from './evidence';

interface ListedOrder {
  readonly orderId: string;
  readonly status: string;
  readonly createdAt: string;
}

/**
 * A customer who asks for all orders gets its own and no others, each once and newest first, as they were in the meantime. One
 * that has been there for longer than an index may lag is among them.
 */
export const checkLists: Check = (evidence) =>
  evidence.clients.flatMap((record) => record.lists.flatMap((list) => checkList(evidence, record, list)));

function checkList(evidence: Evidence, record: ClientRecord, list: OrderList): FoundViolation[] {
  const found: FoundViolation[] = [];
  const note = (rule: string, what: string) => found.push({ rule, detail: `the list for ${record.orderId} ${what}` });
  const refused = list.pages.find(({ status }) => status !== 200);
  if (refused) {
    note('lists', `is answered ${refused.status}: ${refused.body.slice(0, 200)}`);
    return found;
  }
  const listed = list.pages.flatMap(({ body }) => (JSON.parse(body) as { items: ListedOrder[] }).items);
  const ids = listed.map(({ orderId }) => orderId);
  const own = ownOrders(evidence, record.order.customerId);
  for (const [index, order] of listed.entries()) {
    const { orderId, status, createdAt } = order;
    if (!own.has(orderId)) note('isolation', `shows ${orderId}, which is not of this customer`);
    else if (!wasSo(evidence, order, list)) note('lists', `shows ${orderId} as ${status}`);
    if (ids.indexOf(orderId) !== index) note('lists', `shows ${orderId} twice`);
    if (createdAt > (listed[index - 1]?.createdAt ?? createdAt)) note('lists', `shows ${orderId} behind an older one`);
  }
  for (const [orderId, sinceAt] of own) {
    if (sinceAt + LAG_MS < list.askedAt && !ids.includes(orderId)) note('lists', `does not show ${orderId}`);
  }
  return found;
}

/** A customer's orders, and since when each has been there. */
function ownOrders({ versions }: Evidence, customerId: string): Map<string, number> {
  return new Map(
    [...versions].flatMap(([orderId, [first]]) =>
      first?.row?.customerId === customerId ? [[orderId, first.at] as const] : [],
    ),
  );
}

/** Whether the order had this status at some time between question and answer. */
function wasSo({ versions }: Evidence, { orderId, status }: ListedOrder, { askedAt, pages }: OrderList): boolean {
  const all = versions.get(orderId) ?? [];
  const answeredAt = pages.at(-1)?.at ?? askedAt;
  return all.some(({ row, at }, index) => {
    const shown = row?.status === 'CANCELLING' ? 'CONFIRMED' : row?.status;
    return shown === status && at <= answeredAt && (all[index + 1]?.at ?? answeredAt) >= askedAt;
  });
}
