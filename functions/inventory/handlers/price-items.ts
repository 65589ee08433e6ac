import { queryHandler } from '../../../lib/lambda/query-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../contract';
import { listPrices } from '../store';

/** What the known ones among the SKUs cost. */
export const priceItems =
  (table: Table) =>
  async ({ skus }: { skus: string[] }) => ({ prices: await listPrices(table, [...new Set(skus)]) });

export const handler = queryHandler(inventory, 'price-items', priceItems(openTable()));
