import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../contract';
import { toStockItem } from '../domain';
import { findStock } from '../store';

/** What is there of one SKU. */
export const getStockItem =
  (table: Table) =>
  async ({ path }: RequestOf<typeof inventory, 'get-stock-item'>): Promise<HttpAnswer> => {
    const row = await findStock(table, path.sku);
    if (!row) throw new NotFoundError('SKU', path.sku);
    return { status: 200, body: toStockItem(row) };
  };

export const handler = httpHandler(inventory, 'get-stock-item', getStockItem(openTable()));
