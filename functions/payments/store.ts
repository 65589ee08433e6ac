import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { findConflict, findItem, type Table } from '../../lib/table/dynamodb-table';
import { isAtOneOf, moveStatus, statesBefore } from '../../lib/table/dynamodb-transition';
import { type Cancellation, type PaymentRow, type PaymentStatus, type PaymentTerms, TRANSITIONS } from './domain';

export function findPayment(table: Table, orderId: string): Promise<PaymentRow | undefined> {
  return findItem(table, { orderId });
}

/** Notes that the provider is about to be asked. Answers the state of the payment: `INTENT`, unless there was one already. */
export async function openPayment(
  table: Table,
  terms: PaymentTerms,
  providerKey: string,
  now: number,
): Promise<PaymentStatus> {
  const { orderId, customerId, amountCents, currency } = terms;
  const row: PaymentRow = {
    orderId,
    customerId,
    status: 'INTENT',
    amountCents,
    refundedCents: 0,
    currency,
    updatedAt: toTimestamp(now),
    providerKey,
  };
  const conflict = await findConflict<PaymentRow>(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: row,
        ConditionExpression: 'attribute_not_exists(orderId)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return conflict?.status ?? 'INTENT';
}

/** Notes the provider's answer to a charge. Answers the state that stands, which is another when an undo came in between. */
export async function settleCharge(
  table: Table,
  orderId: string,
  status: 'CAPTURED' | 'DECLINED',
  now: number,
): Promise<PaymentStatus> {
  const conflict = await moveStatus<PaymentRow>(table, {
    key: { orderId },
    to: status,
    edges: TRANSITIONS,
    now,
  });
  if (conflict && conflict.status === undefined) throw new Error(`the payment of ${orderId} has vanished`);
  return conflict?.status ?? status;
}

/**
 * Begins the undo, whatever the charge has come to: one write. Where there is no payment yet it leaves one for a late charge
 * to meet. Answers the state that stands: `CANCELLING`, unless the undo has been finished before.
 */
export async function beginUndo(table: Table, terms: PaymentTerms, now: number): Promise<PaymentStatus> {
  const isAbsent = 'attribute_not_exists(orderId)';
  const start = isAtOneOf(statesBefore(TRANSITIONS, 'CANCELLING'));
  const changes = ['cancelledFrom = if_not_exists(#status, :intent)', '#status = :cancelling', 'updatedAt = :now'];
  const whereAbsent = ['customerId', 'amountCents', 'currency', 'refundedCents'].map(
    (name) => `${name} = if_not_exists(${name}, :${name})`,
  );
  const conflict = await findConflict<PaymentRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId: terms.orderId },
        UpdateExpression: `SET ${[...changes, ...whereAbsent].join(', ')}`,
        ConditionExpression: `${isAbsent} OR ${start.condition}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...start.values,
          ':intent': 'INTENT' satisfies PaymentStatus,
          ':cancelling': 'CANCELLING' satisfies PaymentStatus,
          ':now': toTimestamp(now),
          ':customerId': terms.customerId,
          ':amountCents': terms.amountCents,
          ':currency': terms.currency,
          ':refundedCents': 0,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return conflict?.status ?? 'CANCELLING';
}

/** Notes what the provider gave back. A repeat changes nothing. */
export async function finishUndo(table: Table, orderId: string, result: Cancellation, now: number): Promise<void> {
  const status = result.outcome === 'refunded' ? 'REFUNDED' : 'VOIDED';
  const conflict = await moveStatus<PaymentRow>(table, {
    key: { orderId },
    to: status,
    edges: TRANSITIONS,
    now,
    set: { refundedCents: result.refundedCents },
  });
  if (conflict && conflict.status !== status) {
    throw new Error(`the payment of ${orderId} is ${conflict.status ?? 'not there'} and cannot become ${status}`);
  }
}
