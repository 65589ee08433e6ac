import { decodeCursor, encodeCursor } from '../../../lib/http/cursor';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { toOrder } from '../domain';
import { listOrderRows } from '../store';

const DEFAULT_LIMIT = 25;

/** A page of the caller's orders, newest first. A cursor says where to go on; whose orders is always the caller's own. */
export const listOrders =
  (table: Table) =>
  async ({ query, customerId }: RequestOf<typeof orders, 'list-orders'>): Promise<HttpAnswer> => {
    const start = query.cursor === undefined ? undefined : decodeCursor(query.cursor, ['orderId', 'createdAt']);
    const { rows, next } = await listOrderRows(
      table,
      { index: 'byCustomer', customerId },
      query.limit ?? DEFAULT_LIMIT,
      start,
    );
    return { status: 200, body: { items: rows.map(toOrder), ...(next && { nextCursor: encodeCursor(next) }) } };
  };

export const handler = httpHandler(orders, 'list-orders', listOrders(openTable()));
