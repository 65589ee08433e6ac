import { listPage, type Page, type PageStart } from '../../lib/table/dynamodb-pages';
import { findItem, type Table } from '../../lib/table/dynamodb-table';
import { orders } from './contract';
import type { OrderRow, OrderStatus } from './domain';

export type { PageStart } from '../../lib/table/dynamodb-pages';

export function findOrder(table: Table, orderId: string): Promise<OrderRow | undefined> {
  return findItem(table, { orderId });
}

/** Which orders, of which index: a customer's, or those of one status. */
export type OrderGroup =
  | { readonly index: 'byCustomer'; readonly customerId: string }
  | { readonly index: 'byStatus'; readonly status: OrderStatus; readonly createdBefore?: string };

/**
 * A page of orders, newest first, oldest first when `createdBefore` is given. The index lags behind the table by some
 * milliseconds; the rows are as they are in the table, so one may have another status by now.
 */
export function listOrderRows(
  table: Table,
  group: OrderGroup,
  limit: number,
  start: PageStart | undefined,
): Promise<Page<OrderRow>> {
  const { index } = group;
  return group.index === 'byCustomer'
    ? listPage(table, orders.table, { index, group: group.customerId, limit, start })
    : listPage(table, orders.table, { index, group: group.status, limit, start, upTo: group.createdBefore });
}
