import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { toTimestamp } from '../../lib/clock';
import { type OutboxEntry, outboxOf, outboxUpdate } from '../../lib/events/outbox';
import { createOnce } from '../../lib/idempotency/dynamodb-created-item';
import type { Once } from '../../lib/idempotency/identity';
import { listPage, type Page, type PageStart } from '../../lib/table/dynamodb-pages';
import { findConflict, findItem, type Table } from '../../lib/table/dynamodb-table';
import { tasks } from './contract';
import type { TaskRow, TaskStatus } from './domain';

export function findTask(table: Table, taskId: string): Promise<TaskRow | undefined> {
  return findItem(table, { taskId });
}

/**
 * Puts a task with the event that tells of it, in one write. Answers it, or the one that the same request made before, as it is now.
 *
 * @throws {IdempotencyKeyReusedError} when the key was used before for another task
 */
export function createTaskRow(table: Table, row: TaskRow, event: OutboxEntry): Promise<Once<TaskRow>> {
  return createOnce<TaskRow>(table, 'taskId', { ...row, ...outboxOf([event]) });
}

/**
 * Completes a customer's task, once, with the event that tells of it, in one write. Answers the task as it is then; `undefined` when
 * this customer has no such task.
 */
export async function completeTaskRow(
  table: Table,
  { taskId, customerId }: Pick<TaskRow, 'taskId' | 'customerId'>,
  event: OutboxEntry,
  now: number,
): Promise<TaskRow | undefined> {
  const isTheirs = 'customerId = :customerId';
  const isOpen = '#status = :open';
  const outbox = outboxUpdate([event]);
  const write = table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { taskId },
      UpdateExpression: `SET ${['#status = :completed', 'updatedAt = :now', ...outbox.set].join(', ')}`,
      ConditionExpression: `${isTheirs} AND ${isOpen}`,
      ExpressionAttributeNames: { '#status': 'status', ...outbox.names },
      ExpressionAttributeValues: {
        ':customerId': customerId,
        ':open': 'OPEN' satisfies TaskStatus,
        ':completed': 'COMPLETED' satisfies TaskStatus,
        ':now': toTimestamp(now),
        ...outbox.values,
      },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    }),
  );
  const conflict = await findConflict<TaskRow>(write);
  if (!conflict) return (await write).Attributes as TaskRow;
  // Completed before: by this very call, whose reply was lost, or by another.
  return conflict.customerId === customerId ? (conflict as TaskRow) : undefined;
}

/** A page of a customer's tasks, newest first. */
export function listTaskRows(
  table: Table,
  customerId: string,
  limit: number,
  start: PageStart | undefined,
): Promise<Page<TaskRow>> {
  return listPage(table, tasks.table, { index: 'byCustomer', group: customerId, limit, start });
}
