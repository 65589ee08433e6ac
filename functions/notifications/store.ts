import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { listPage, type Page, type PageStart } from '../../lib/table/dynamodb-pages';
import { findConflict, type Table } from '../../lib/table/dynamodb-table';
import { notifications } from './contract';
import type { NotificationRow, NotificationStatus } from './domain';

/** Puts a notification unless it is there, and answers the one that is there then: the first one, whatever this one says. */
export async function putOnce(table: Table, row: NotificationRow): Promise<NotificationRow> {
  const isNew = 'attribute_not_exists(notificationId)';
  const existing = await findConflict<NotificationRow>(
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: row,
        ConditionExpression: isNew,
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  return (existing as NotificationRow | undefined) ?? row;
}

/** Notes what the sender said. What another worker has noted stays: the sender has the message once, whoever gave it. */
export async function noteDelivery(
  table: Table,
  notificationId: string,
  status: Exclude<NotificationStatus, 'PENDING'>,
  now: number,
): Promise<void> {
  const isPending = '#status = :pending';
  await findConflict<NotificationRow>(
    table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: { notificationId },
        UpdateExpression: 'SET #status = :status, updatedAt = :now',
        ConditionExpression: isPending,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':pending': 'PENDING' satisfies NotificationStatus,
          ':status': status,
          ':now': toTimestamp(now),
        },
      }),
    ),
  );
}

/** A page of a customer's notifications, newest first. */
export function listNotificationRows(
  table: Table,
  customerId: string,
  limit: number,
  start: PageStart | undefined,
): Promise<Page<NotificationRow>> {
  return listPage(table, notifications.table, { index: 'byCustomer', group: customerId, limit, start });
}
