import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { TableContract } from '../service/contract';
import { batchGet } from './dynamodb-batch-get';
import type { Table } from './dynamodb-table';

/** Where a page begins: the last item of the page before, by the table's key and the sort key of the index. */
export type PageStart = Readonly<Record<string, string>>;

/** Some of the items of an index, and where the next page begins; absent on the last one. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next?: PageStart;
}

/** Which items of an index, and how many of them. */
export interface PageOfIndex {
  readonly index: string;
  /** The value of the index's partition key that they have in common. */
  readonly group: string;
  /** Items of a page, 1 to 100. */
  readonly limit: number;
  readonly start?: PageStart | undefined;
  /** Only those whose sort key is not beyond this one, in ascending order. Without it all, in descending order. */
  readonly upTo?: string | undefined;
}

/**
 * A page of the items of an index that holds keys only. The index lags behind the table by some milliseconds; the items are as they
 * are in the table, so one may have moved on by now, and one that is gone is left out.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Querying
 */
export async function listPage<Row extends object>(
  table: Table,
  { partitionKey, indexes = {} }: TableContract,
  { index, group, limit, start, upTo }: PageOfIndex,
): Promise<Page<Row>> {
  const key = indexes[index];
  if (!key) throw new Error(`there is no index ${index}`);
  const page = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: index,
      KeyConditionExpression: `#group = :group${upTo === undefined ? '' : ' AND #sort <= :upTo'}`,
      ExpressionAttributeNames: { '#group': key.partitionKey, ...(upTo !== undefined && { '#sort': key.sortKey }) },
      ExpressionAttributeValues: { ':group': group, ...(upTo !== undefined && { ':upTo': upTo }) },
      ScanIndexForward: upTo !== undefined,
      // One more than the page, to know whether there is a next one.
      Limit: limit + 1,
      ...(start && { ExclusiveStartKey: { ...start, [key.partitionKey]: group } }),
    }),
  );
  const found = (page.Items ?? []) as Record<string, string>[];
  const shown = found.slice(0, limit);
  const ids = shown.map((item) => keyOf(item, partitionKey));
  const rows = await getInOrder<Row>(table, partitionKey, ids);
  const last = shown.at(-1);
  if (found.length <= limit || !last) return { rows };
  const next = { [partitionKey]: keyOf(last, partitionKey), [key.sortKey]: keyOf(last, key.sortKey) };
  return { rows, next };
}

/** Keys are strings. */
function keyOf(item: object, attribute: string): string {
  return String((item as Record<string, unknown>)[attribute]);
}

/** DynamoDB answers them in no particular order. */
async function getInOrder<Row extends object>(table: Table, partitionKey: string, ids: string[]): Promise<Row[]> {
  if (ids.length === 0) return [];
  const keys = ids.map((id) => ({ [partitionKey]: id }));
  const rows = await batchGet<Row>(table, keys);
  const byId = new Map(rows.map((row) => [keyOf(row, partitionKey), row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
