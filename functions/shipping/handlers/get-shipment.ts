import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { shipping } from '../contract';
import { toShipment } from '../domain';
import { findShipment } from '../store';

/** The shipment of one of the caller's orders. Somebody else's is not there. */
export const getShipment =
  (table: Table) =>
  async ({ path, customerId }: RequestOf<typeof shipping, 'get-shipment'>): Promise<HttpAnswer> => {
    const row = await findShipment(table, path.orderId);
    if (row?.customerId !== customerId) throw new NotFoundError('shipment', path.orderId);
    return { status: 200, body: toShipment(row) };
  };

export const handler = httpHandler(shipping, 'get-shipment', getShipment(openTable()));
