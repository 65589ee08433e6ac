import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { StepUndoneError } from '../../lib/errors/saga-errors';
import { outboxUpdate } from '../../lib/events/outbox';
import { findConflict, type Table } from '../../lib/table/dynamodb-table';
import type { PlaceOrderInput } from './contract';
import {
  OrderCancelledError,
  type OrderRow,
  type OrderSaga,
  type OrderStatus,
  type Rejection,
  type SagaFailure,
  toRejection,
} from './domain';
import { illegalMove, moveOrder, PARKED_FIELDS } from './dynamodb-move-order';
import {
  type Cause,
  cancelledEvent,
  confirmedEvent,
  type OrderOwner,
  parkedEvent,
  rejectedEvent,
} from './order-events';

/**
 * The pivot: from `PENDING` to `CONFIRMED`, unless it was abandoned or cancelled. A repeat changes nothing, whatever became of
 * the order since.
 *
 * @throws {OrderCancelledError} when the customer has taken it back
 * @throws {StepUndoneError} when the saga has given it up
 */
export async function confirm(table: Table, order: PlaceOrderInput, cause: Cause): Promise<void> {
  const { orderId } = order;
  const { now } = cause;
  const isNotAbandoned = 'attribute_not_exists(abandonedAt)';
  const isNotCancelled = 'attribute_not_exists(cancelRequestedAt)';
  const conflict = await moveOrder(table, orderId, 'CONFIRMED', {
    now,
    from: ['PENDING'],
    condition: `${isNotAbandoned} AND ${isNotCancelled}`,
    set: { confirmedAt: toTimestamp(now) },
    emit: [confirmedEvent(order, cause)],
  });
  if (!conflict || conflict.confirmedAt !== undefined) return;
  if (conflict.cancelRequestedAt !== undefined) throw new OrderCancelledError(orderId);
  throw new StepUndoneError('ConfirmOrder', orderId);
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
  return conflict?.confirmedAt === undefined ? 'abandoned' : 'happened';
}

/**
 * Everything is undone: the order is rejected, or cancelled when that is what the customer wanted. What it was rejected for is
 * kept from the first time. A repeat changes nothing.
 */
export async function reject(table: Table, order: OrderOwner, rejection: Rejection, cause: Cause): Promise<void> {
  const { orderId } = order;
  const { now } = cause;
  const isWanted = 'attribute_not_exists(cancelRequestedAt)';
  const condition = 'attribute_not_exists(confirmedAt)';
  let conflict = await moveOrder(table, orderId, 'REJECTED', {
    now,
    condition: `${isWanted} AND ${condition}`,
    setOnce: { rejection },
    remove: ['failure', 'failedUndos'],
    emit: [rejectedEvent(order, rejection, cause)],
  });
  if (conflict?.cancelRequestedAt !== undefined && conflict.status !== 'CANCELLED') {
    const from = ['PENDING', 'NEEDS_ATTENTION'] as const;
    const emit = [cancelledEvent(order, cause)];
    conflict = await moveOrder(table, orderId, 'CANCELLED', { now, from, condition, remove: PARKED_FIELDS, emit });
  }
  const isSettled = conflict?.status === 'REJECTED' || conflict?.status === 'CANCELLED';
  if (conflict && !isSettled) throw illegalMove(orderId, conflict, 'REJECTED');
}

/**
 * Something could not be done to its end: people must look. The order keeps why it failed. An order with an outcome stays as it
 * is, for that took effect while its reply was lost; one in a state that there is not, as an edit by hand leaves, is parked.
 */
export async function park(
  table: Table,
  order: OrderOwner & { readonly saga: OrderSaga },
  failure: SagaFailure,
  failedUndos: readonly string[],
  cause: Cause,
): Promise<void> {
  const { orderId, saga } = order;
  const { code, step } = failure;
  const isThere = 'attribute_exists(orderId)';
  // An order that is being cancelled was placed: what the saga that placed it has to say comes too late.
  const isInOtherSaga = saga === 'place-order' ? ' OR #status = :cancelling' : '';
  const isUndone = '#status IN (:rejected, :cancelled)';
  const isConfirmed = '(#status = :confirmed AND attribute_exists(confirmedAt))';
  // An order that was confirmed is not rejected, whatever becomes of its cancellation.
  const rejection = saga === 'place-order' && isShown(code) ? toRejection(failure) : undefined;
  const outbox = outboxUpdate([parkedEvent(order, failure, cause)]);
  const sets = [
    '#status = :parked, updatedAt = :now, failure = :failure, failedUndos = :failedUndos',
    ...(rejection ? ['rejection = if_not_exists(rejection, :rejection)'] : []),
    ...outbox.set,
  ];
  const conflict = await findConflict<OrderRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId },
        UpdateExpression: `SET ${sets.join(', ')} REMOVE payment`,
        ConditionExpression: `${isThere} AND NOT (#status = :parked OR ${isUndone} OR ${isConfirmed}${isInOtherSaga})`,
        ExpressionAttributeNames: { '#status': 'status', ...outbox.names },
        ExpressionAttributeValues: {
          ...STATUS_VALUES,
          ...(isInOtherSaga && { ':cancelling': 'CANCELLING' satisfies OrderStatus }),
          ':now': toTimestamp(cause.now),
          ':failure': { code, step },
          ':failedUndos': failedUndos,
          ...(rejection && { ':rejection': rejection }),
          ...outbox.values,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (conflict && conflict.status === undefined) throw illegalMove(orderId, conflict, 'NEEDS_ATTENTION');
}

const STATUS_VALUES = {
  ':parked': 'NEEDS_ATTENTION',
  ':rejected': 'REJECTED',
  ':cancelled': 'CANCELLED',
  ':confirmed': 'CONFIRMED',
} as const satisfies Record<string, OrderStatus>;

/** What the customer did not do themselves, they are told. */
function isShown(code: string): boolean {
  return code !== 'CANCELLED' && code !== 'HANDED_OVER';
}
