import { PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { StepUndoneError } from '../../lib/errors/saga-errors';
import { batchGet } from '../../lib/table/dynamodb-batch-get';
import { findConflict, findItem, type Table } from '../../lib/table/dynamodb-table';
import { moveStatus, type Transition } from '../../lib/table/dynamodb-transition';
import { type OrderRow, type OrderStatus, type Rejection, TRANSITIONS } from './domain';

export function findOrder(table: Table, orderId: string): Promise<OrderRow | undefined> {
  return findItem(table, { orderId });
}

/** Puts a new order. Answers the one that is there already, if any: the put is its own idempotency record. */
export async function createOrderRow(table: Table, row: OrderRow): Promise<OrderRow | undefined> {
  const conflict = await findConflict<OrderRow>(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: row,
        ConditionExpression: 'attribute_not_exists(orderId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return conflict as OrderRow | undefined;
}

/** Where a page of a customer's orders begins: the key of the last one of the page before. */
export interface PageStart extends Record<string, string> {
  readonly orderId: string;
  readonly createdAt: string;
}

/** A customer's orders, newest first, from the index, which lags behind the table by some milliseconds. */
export async function listOrderRows(
  table: Table,
  customerId: string,
  limit: number,
  start: PageStart | undefined,
): Promise<{ rows: OrderRow[]; next?: PageStart }> {
  const page = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      IndexName: 'byCustomer',
      KeyConditionExpression: 'customerId = :customer',
      ExpressionAttributeValues: { ':customer': customerId },
      ScanIndexForward: false,
      // One more than the page, to know whether there is a next one.
      Limit: limit + 1,
      ...(start && { ExclusiveStartKey: { ...start, customerId } }),
    }),
  );
  const keys = (page.Items ?? []) as PageStart[];
  const shown = keys.slice(0, limit);
  const rows = await getOrders(
    table,
    shown.map(({ orderId }) => orderId),
  );
  const last = shown.at(-1);
  if (keys.length <= limit || !last) return { rows };
  return { rows, next: { orderId: last.orderId, createdAt: last.createdAt } };
}

async function getOrders(table: Table, orderIds: readonly string[]): Promise<OrderRow[]> {
  const keys = orderIds.map((orderId) => ({ orderId }));
  const found = new Map((await batchGet<OrderRow>(table, keys)).map((row) => [row.orderId, row]));
  return orderIds.flatMap((orderId) => found.get(orderId) ?? []);
}

/**
 * The pivot: from `PENDING` to `CONFIRMED`, unless it was abandoned. A repeat changes nothing.
 *
 * @throws {StepUndoneError} when the saga has given it up
 */
export async function confirm(table: Table, orderId: string, now: number): Promise<void> {
  const isNotAbandoned = 'attribute_not_exists(abandonedAt)';
  const conflict = await move(table, orderId, 'CONFIRMED', { now, condition: isNotAbandoned });
  if (conflict && conflict.status !== 'CONFIRMED') throw new StepUndoneError('ConfirmOrder', orderId);
}

/** Settles an unknown confirmation: it happened, or it never will. A repeat answers the same. */
export async function abandon(table: Table, orderId: string, now: number): Promise<'happened' | 'abandoned'> {
  const conflict = await findConflict<OrderRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId },
        UpdateExpression: 'SET abandonedAt = if_not_exists(abandonedAt, :now)',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':now': toTimestamp(now), ':pending': 'PENDING' satisfies OrderStatus },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return conflict?.status === 'CONFIRMED' ? 'happened' : 'abandoned';
}

/** Everything is undone: the order is rejected. A repeat changes nothing. */
export async function reject(table: Table, orderId: string, rejection: Rejection, now: number): Promise<void> {
  const conflict = await move(table, orderId, 'REJECTED', { now, set: { rejection } });
  if (conflict && conflict.status !== 'REJECTED') throw illegal(orderId, conflict, 'REJECTED');
}

/** Something could not be undone: people must look. The order keeps why it failed. A repeat changes nothing. */
export async function park(
  table: Table,
  orderId: string,
  rejection: Rejection,
  failedUndos: readonly string[],
  now: number,
): Promise<void> {
  const conflict = await move(table, orderId, 'NEEDS_ATTENTION', { now, set: { rejection, failedUndos } });
  // Rejected: the rejection took effect and its reply was lost. There is nothing left to look at.
  const isSettled = conflict?.status === 'NEEDS_ATTENTION' || conflict?.status === 'REJECTED';
  if (conflict && !isSettled) throw illegal(orderId, conflict, 'NEEDS_ATTENTION');
}

/** Moves the status along an edge of the domain. The payment's token is forgotten with it: no step needs it any more. */
function move(
  table: Table,
  orderId: string,
  to: OrderStatus,
  more: Pick<Transition<OrderStatus>, 'now' | 'condition' | 'set'>,
): Promise<Partial<OrderRow> | undefined> {
  return moveStatus<OrderRow>(table, { ...more, key: { orderId }, to, edges: TRANSITIONS, remove: ['payment'] });
}

function illegal(orderId: string, row: Partial<OrderRow>, to: OrderStatus): Error {
  return new Error(`order ${orderId} is ${row.status ?? 'not there'} and cannot become ${to}`);
}
