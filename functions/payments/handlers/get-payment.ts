import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { payments } from '../contract';
import { toPayment } from '../domain';
import { findPayment } from '../store';

/** The payment of one of the caller's orders. Somebody else's is not there. */
export const getPayment =
  (table: Table) =>
  async ({ path, customerId }: RequestOf<typeof payments, 'get-payment'>): Promise<HttpAnswer> => {
    const row = await findPayment(table, path.orderId);
    if (row?.customerId !== customerId) throw new NotFoundError('payment', path.orderId);
    return { status: 200, body: toPayment(row) };
  };

export const handler = httpHandler(payments, 'get-payment', getPayment(openTable()));
