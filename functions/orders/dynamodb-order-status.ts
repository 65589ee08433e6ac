import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { IllegalStateError, StepUndoneError } from '../../lib/errors/saga-errors';
import { findConflict, type Table } from '../../lib/table/dynamodb-table';
import { moveStatus, type Transition } from '../../lib/table/dynamodb-transition';
import {
  OrderCancelledError,
  type OrderRow,
  type OrderSaga,
  type OrderStatus,
  type Rejection,
  type SagaFailure,
  TRANSITIONS,
  toRejection,
} from './domain';

/** What a parked order keeps of its failure, and an order with an outcome does not. */
const PARKED_FIELDS = ['failure', 'failedUndos', 'rejection'];

/**
 * The pivot: from `PENDING` to `CONFIRMED`, unless it was abandoned or cancelled. A repeat changes nothing, whatever became of
 * the order since.
 *
 * @throws {OrderCancelledError} when the customer has taken it back
 * @throws {StepUndoneError} when the saga has given it up
 */
export async function confirm(table: Table, orderId: string, now: number): Promise<void> {
  const isNotAbandoned = 'attribute_not_exists(abandonedAt)';
  const isNotCancelled = 'attribute_not_exists(cancelRequestedAt)';
  const conflict = await move(table, orderId, 'CONFIRMED', {
    now,
    from: ['PENDING'],
    condition: `${isNotAbandoned} AND ${isNotCancelled}`,
    set: { confirmedAt: toTimestamp(now) },
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
export async function reject(table: Table, orderId: string, rejection: Rejection, now: number): Promise<void> {
  const isWanted = 'attribute_not_exists(cancelRequestedAt)';
  const wasNotConfirmed = 'attribute_not_exists(confirmedAt)';
  const remove = ['failure', 'failedUndos'];
  const asRejected = { now, condition: `${isWanted} AND ${wasNotConfirmed}`, setOnce: { rejection }, remove };
  let conflict = await move(table, orderId, 'REJECTED', asRejected);
  if (conflict?.cancelRequestedAt !== undefined && conflict.status !== 'CANCELLED') {
    const from = ['PENDING', 'NEEDS_ATTENTION'] as const;
    const asCancelled = { now, from, condition: wasNotConfirmed, remove: PARKED_FIELDS };
    conflict = await move(table, orderId, 'CANCELLED', asCancelled);
  }
  const isSettled = conflict?.status === 'REJECTED' || conflict?.status === 'CANCELLED';
  if (conflict && !isSettled) throw illegal(orderId, conflict, 'REJECTED');
}

/**
 * Something could not be done to its end: people must look. The order keeps why it failed. An order with an outcome stays as it
 * is, for that took effect while its reply was lost; one in a state that there is not, as an edit by hand leaves, is parked.
 */
export async function park(
  table: Table,
  { orderId, saga }: { readonly orderId: string; readonly saga: OrderSaga },
  failure: SagaFailure,
  failedUndos: readonly string[],
  now: number,
): Promise<void> {
  const { code, step } = failure;
  const isThere = 'attribute_exists(orderId)';
  // An order that is being cancelled was placed: what the saga that placed it has to say comes too late.
  const isInOtherSaga = saga === 'place-order' ? ' OR #status = :cancelling' : '';
  const isUndone = '#status IN (:rejected, :cancelled)';
  const isConfirmed = '(#status = :confirmed AND attribute_exists(confirmedAt))';
  // An order that was confirmed is not rejected, whatever becomes of its cancellation.
  const rejection = saga === 'place-order' && isShown(code) ? { rejection: toRejection(failure) } : {};
  const conflict = await findConflict<OrderRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId },
        UpdateExpression: `SET #status = :parked, updatedAt = :now, failure = :failure, failedUndos = :failedUndos${
          'rejection' in rejection ? ', rejection = if_not_exists(rejection, :rejection)' : ''
        } REMOVE payment`,
        ConditionExpression: `${isThere} AND NOT (#status = :parked OR ${isUndone} OR ${isConfirmed}${isInOtherSaga})`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...STATUS_VALUES,
          ...(isInOtherSaga && { ':cancelling': 'CANCELLING' satisfies OrderStatus }),
          ':now': toTimestamp(now),
          ':failure': { code, step },
          ':failedUndos': failedUndos,
          ...('rejection' in rejection && { ':rejection': rejection.rejection }),
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (conflict && conflict.status === undefined) throw illegal(orderId, conflict, 'NEEDS_ATTENTION');
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
export async function completeCancellation(table: Table, orderId: string, now: number): Promise<void> {
  const wasConfirmed = 'attribute_exists(confirmedAt)';
  const from = ['CANCELLING', 'NEEDS_ATTENTION'] as const;
  const conflict = await move(table, orderId, 'CANCELLED', {
    now,
    from,
    condition: wasConfirmed,
    remove: PARKED_FIELDS,
  });
  if (conflict && conflict.status !== 'CANCELLED') throw illegal(orderId, conflict, 'CANCELLED');
}

/** The cancellation came too late: the order stays confirmed, for good. A repeat changes nothing. */
export async function keep(table: Table, orderId: string, now: number): Promise<void> {
  const wasConfirmed = 'attribute_exists(confirmedAt)';
  const conflict = await move(table, orderId, 'CONFIRMED', {
    now,
    from: ['CANCELLING', 'NEEDS_ATTENTION'],
    condition: wasConfirmed,
    set: { handedOverAt: toTimestamp(now) },
    remove: [...PARKED_FIELDS, 'cancelRequestedAt'],
  });
  if (conflict && conflict.handedOverAt === undefined) throw illegal(orderId, conflict, 'CONFIRMED');
}

/** Moves the status along an edge of the domain. The payment's token is forgotten with it: no step needs it any more. */
function move(
  table: Table,
  orderId: string,
  to: OrderStatus,
  { remove = [], ...more }: Omit<Transition<OrderStatus>, 'key' | 'to' | 'edges'>,
): Promise<Partial<OrderRow> | undefined> {
  const change = { ...more, key: { orderId }, to, edges: TRANSITIONS, remove: ['payment', ...remove] };
  return moveStatus<OrderRow>(table, change);
}

function illegal(orderId: string, row: Partial<OrderRow>, to: OrderStatus): IllegalStateError {
  return new IllegalStateError(`order ${orderId} is ${row.status ?? 'not there'} and cannot become ${to}`);
}
