import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { batchGet } from '../../lib/table/dynamodb-batch-get';
import { findItem, type Table } from '../../lib/table/dynamodb-table';
import type { OrderRow, OrderStatus } from './domain';

export function findOrder(table: Table, orderId: string): Promise<OrderRow | undefined> {
  return findItem(table, { orderId });
}

/** Where a page of orders begins: the key of the last one of the page before. */
export interface PageStart extends Record<string, string> {
  readonly orderId: string;
  readonly createdAt: string;
}

/** Some of the orders of an index, and where the next page begins. */
export interface OrderPage {
  readonly rows: readonly OrderRow[];
  readonly next?: PageStart;
}

/** Which orders, of which index: a customer's, or those of one status. */
export type OrderGroup =
  | { readonly index: 'byCustomer'; readonly customerId: string }
  | { readonly index: 'byStatus'; readonly status: OrderStatus; readonly createdBefore?: string };

/**
 * A page of orders, newest first, oldest first when `createdBefore` is given. The index lags behind the table by some
 * milliseconds; the rows are as they are in the table, so one may have another status by now.
 */
export async function listOrderRows(
  table: Table,
  group: OrderGroup,
  limit: number,
  start: PageStart | undefined,
): Promise<OrderPage> {
  const [name, value] =
    group.index === 'byCustomer' ? ['customerId', group.customerId] : ['status', group.status as string];
  const before = group.index === 'byStatus' ? group.createdBefore : undefined;
  const page = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: group.index,
      KeyConditionExpression: `#group = :group${before === undefined ? '' : ' AND createdAt <= :before'}`,
      ExpressionAttributeNames: { '#group': name },
      ExpressionAttributeValues: { ':group': value, ...(before !== undefined && { ':before': before }) },
      ScanIndexForward: before !== undefined,
      // One more than the page, to know whether there is a next one.
      Limit: limit + 1,
      ...(start && { ExclusiveStartKey: { ...start, [name]: value } }),
    }),
  );
  const keys = (page.Items ?? []) as PageStart[];
  const shown = keys.slice(0, limit);
  const orderIds = shown.map(({ orderId }) => orderId);
  const rows = await getOrders(table, orderIds);
  const last = shown.at(-1);
  if (keys.length <= limit || !last) return { rows };
  return { rows, next: { orderId: last.orderId, createdAt: last.createdAt } };
}

async function getOrders(table: Table, orderIds: readonly string[]): Promise<OrderRow[]> {
  if (orderIds.length === 0) return [];
  const keys = orderIds.map((orderId) => ({ orderId }));
  const found = new Map((await batchGet<OrderRow>(table, keys)).map((row) => [row.orderId, row]));
  return orderIds.flatMap((orderId) => found.get(orderId) ?? []);
}
