import { type Clock, systemClock } from '../../../lib/clock';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../contract';
import { toStockItem } from '../domain';
import { putStock } from '../store';

/** Sets name, price and count of one SKU, making it when it is new. */
export const putStockItem =
  (table: Table, clock: Clock) =>
  async ({ path, body }: RequestOf<typeof inventory, 'put-stock-item'>): Promise<HttpAnswer> => {
    const { row, created } = await putStock(table, { sku: path.sku, ...body }, clock.now());
    return { status: created ? 201 : 200, body: toStockItem(row) };
  };

export const handler = httpHandler(inventory, 'put-stock-item', putStockItem(openTable(), systemClock));
