import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { findConflict, findItem, type Table } from '../../lib/table/dynamodb-table';
import { isAtOneOf, moveStatus, statesBefore } from '../../lib/table/dynamodb-transition';
import { type BookingOutcome, type ShipmentOwner, type ShipmentRow, type ShipmentStatus, TRANSITIONS } from './domain';

export function findShipment(table: Table, orderId: string): Promise<ShipmentRow | undefined> {
  return findItem(table, { orderId });
}

/** Notes that the carrier is about to be asked. Answers the state of the shipment: `INTENT`, unless there was one already. */
export async function openShipment(
  table: Table,
  { orderId, customerId }: ShipmentOwner,
  carrierKey: string,
  now: number,
): Promise<ShipmentStatus> {
  const row: ShipmentRow = { orderId, customerId, status: 'INTENT', updatedAt: toTimestamp(now), carrierKey };
  const conflict = await findConflict<ShipmentRow>(
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

/** Notes the carrier's answer to a booking. Answers the state that stands, which is another when an undo came in between. */
export async function settleBooking(
  table: Table,
  orderId: string,
  booking: Exclude<BookingOutcome, { outcome: 'undone' }>,
  now: number,
): Promise<ShipmentStatus> {
  const status = booking.outcome === 'booked' ? 'BOOKED' : 'REFUSED';
  const fields: Record<string, string> = {};
  if (booking.outcome === 'booked') fields.trackingNumber = booking.trackingNumber;
  const conflict = await moveStatus<ShipmentRow>(table, {
    key: { orderId },
    to: status,
    edges: TRANSITIONS,
    now,
    set: fields,
  });
  if (conflict && conflict.status === undefined) throw new Error(`the shipment of ${orderId} has vanished`);
  return conflict?.status ?? status;
}

/**
 * Begins the undo, whatever the booking has come to: one write. Where there is no shipment yet it leaves one for a late booking
 * to meet. Answers the state that stands: `CANCELLING`, unless the undo has been finished before.
 */
export async function beginUndo(table: Table, owner: ShipmentOwner, now: number): Promise<ShipmentStatus> {
  const isAbsent = 'attribute_not_exists(orderId)';
  const start = isAtOneOf(statesBefore(TRANSITIONS, 'CANCELLING'));
  const changes = [
    'cancelledFrom = if_not_exists(#status, :intent)',
    '#status = :cancelling',
    'updatedAt = :now',
    'customerId = if_not_exists(customerId, :customerId)',
  ];
  const conflict = await findConflict<ShipmentRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { orderId: owner.orderId },
        UpdateExpression: `SET ${changes.join(', ')}`,
        ConditionExpression: `${isAbsent} OR ${start.condition}`,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ...start.values,
          ':intent': 'INTENT' satisfies ShipmentStatus,
          ':cancelling': 'CANCELLING' satisfies ShipmentStatus,
          ':now': toTimestamp(now),
          ':customerId': owner.customerId,
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return conflict?.status ?? 'CANCELLING';
}

/** Notes that the carrier has cancelled. A repeat changes nothing. */
export async function finishUndo(table: Table, orderId: string, now: number): Promise<void> {
  const conflict = await moveStatus<ShipmentRow>(table, {
    key: { orderId },
    to: 'CANCELLED',
    edges: TRANSITIONS,
    now,
  });
  if (conflict && conflict.status !== 'CANCELLED') {
    throw new Error(`the shipment of ${orderId} is ${conflict.status ?? 'not there'} and cannot become CANCELLED`);
  }
}
