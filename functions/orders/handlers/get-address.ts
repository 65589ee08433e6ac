import { NotFoundError } from '../../../lib/errors/request-errors';
import { queryHandler } from '../../../lib/lambda/query-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { findOrder } from '../store';

/** Where the order goes, for the step that books the parcel. */
export const getAddress =
  (table: Table) =>
  async ({ orderId }: { orderId: string }) => {
    const row = await findOrder(table, orderId);
    if (!row) throw new NotFoundError('order', orderId);
    return row.shipTo;
  };

export const handler = queryHandler(orders, 'get-address', getAddress(openTable()));
