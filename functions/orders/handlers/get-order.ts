import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { toOrder } from '../domain';
import { findOrder } from '../store';

/** One order of the caller. Somebody else's is not there. */
export const getOrder =
  (table: Table) =>
  async ({ path, customerId }: RequestOf<typeof orders, 'get-order'>): Promise<HttpAnswer> => {
    const row = await findOrder(table, path.orderId);
    if (row?.customerId !== customerId) throw new NotFoundError('order', path.orderId);
    return { status: 200, body: toOrder(row) };
  };

export const handler = httpHandler(orders, 'get-order', getOrder(openTable()));
