import { NotFoundError } from '../../../lib/errors/request-errors';
import { queryHandler } from '../../../lib/lambda/query-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { findOrder } from '../store';

/** What the order is to be paid with, for the step that charges. Gone once the order has come to an end. */
export const getPaymentToken =
  (table: Table) =>
  async ({ orderId }: { orderId: string }) => {
    const row = await findOrder(table, orderId);
    if (!row?.payment) throw new NotFoundError('payment token of order', orderId);
    return { token: row.payment.token };
  };

export const handler = queryHandler(orders, 'get-payment-token', getPaymentToken(openTable()));
