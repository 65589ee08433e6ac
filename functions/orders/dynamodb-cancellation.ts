import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { findConflict, type Table } from '../../lib/table/dynamodb-table';
import { moveStatus } from '../../lib/table/dynamodb-transition';
import { type OrderRow, type OrderStatus, TRANSITIONS } from './domain';
import { illegalMove, moveOrder, PARKED_FIELDS } from './dynamodb-move-order';
import { type Cause, cancelledEvent, type OrderOwner } from './order-events';

/** The customer takes the order back: it will not be confirmed, or it is being undone. Answers the row that did not allow it. */
export function requestCancellation(
  table: Table,
  orderId: string,
  status: 'PENDING' | 'CONFIRMED',
  now: number,
): Promise<Partial<OrderRow> | undefined> {
  if (status === 'CONFIRMED') {
    const set = { cancelRequestedAt: toTimestamp(now) };
    return moveStatus<OrderRow>(table, { key: { orderId }, to: 'CANCELLING', edges: TRANSITIONS, now, set });
  }
  return findConflict<OrderRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId },
        UpdateExpression: 'SET cancelRequestedAt = if_not_exists(cancelRequestedAt, :now), updatedAt = :now',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':now': toTimestamp(now), ':pending': 'PENDING' satisfies OrderStatus },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
}

/** The cancellation is done to its end. A repeat changes nothing. */
export async function completeCancellation(table: Table, order: OrderOwner, cause: Cause): Promise<void> {
  const { orderId } = order;
  const wasConfirmed = 'attribute_exists(confirmedAt)';
  const conflict = await moveOrder(table, orderId, 'CANCELLED', {
    now: cause.now,
    from: ['CANCELLING', 'NEEDS_ATTENTION'],
    condition: wasConfirmed,
    remove: PARKED_FIELDS,
    emit: [cancelledEvent(order, cause)],
  });
  if (conflict && conflict.status !== 'CANCELLED') throw illegalMove(orderId, conflict, 'CANCELLED');
}

/** The cancellation came too late: the order stays confirmed, for good. A repeat changes nothing. */
export async function keep(table: Table, orderId: string, now: number): Promise<void> {
  const wasConfirmed = 'attribute_exists(confirmedAt)';
  const conflict = await moveOrder(table, orderId, 'CONFIRMED', {
    now,
    from: ['CANCELLING', 'NEEDS_ATTENTION'],
    condition: wasConfirmed,
    set: { handedOverAt: toTimestamp(now) },
    remove: [...PARKED_FIELDS, 'cancelRequestedAt'],
  });
  if (conflict && conflict.handedOverAt === undefined) throw illegalMove(orderId, conflict, 'CONFIRMED');
}
