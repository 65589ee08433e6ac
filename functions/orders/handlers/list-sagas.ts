import { decodeCursor, encodeCursor } from '../../../lib/http/cursor';
import { queryHandler } from '../../../lib/lambda/query-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { isOver, type OrderRow, type OrderStatus, type SagaStatus, statusesOf, toSagaStatus } from '../domain';
import { listOrderRows } from '../store';

interface Page {
  readonly status: SagaStatus;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * A page of the sagas that came to one end or have not come to any, newest first; where several states of orders count as one, state
 * after state. A page may have fewer than `limit` items before the last one.
 */
export const listSagas =
  (table: Table) =>
  async ({ status, limit, cursor }: Page) => {
    const states = statusesOf(status);
    let from = cursor === undefined ? undefined : decodeCursor(cursor, ['state', 'orderId', 'createdAt']);
    const items: Array<ReturnType<typeof toSummary>> = [];
    // A state that is listed to its end does not end the page.
    const first = from ? states.indexOf(from.state as OrderStatus) : 0;
    for (const state of states.slice(Math.max(0, first))) {
      const start = from && from.orderId !== FIRST ? { orderId: from.orderId, createdAt: from.createdAt } : undefined;
      const group = { index: 'byStatus', status: state } as const;
      const { rows, next } = await listOrderRows(table, group, limit - items.length, start);
      // The index lags behind the rows: one that has moved on is listed where it is now.
      items.push(...rows.filter((row) => row.status === state).map(toSummary));
      const following = states[states.indexOf(state) + 1];
      if (next) return { items, nextCursor: encodeCursor({ state, ...next }) };
      if (following && items.length >= limit) return { items, nextCursor: encodeCursor(beginningOf(following)) };
      from = undefined;
    }
    return { items };
  };

/** In place of an order's id: the state is listed from its first order. */
const FIRST = '-';

function beginningOf(state: OrderStatus) {
  return { state, orderId: FIRST, createdAt: FIRST };
}

function toSummary({ orderId, status, createdAt, updatedAt }: OrderRow) {
  const isEnded = isOver(status);
  return { orderId, status: toSagaStatus(status), startedAt: createdAt, ...(isEnded && { endedAt: updatedAt }) };
}

export const handler = queryHandler(orders, 'list-sagas', listSagas(openTable()));
