import { type Clock, systemClock } from '../../../lib/clock';
import { NotFoundError } from '../../../lib/errors/request-errors';
import { emit } from '../../../lib/events/outbox';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { tasks } from '../contract';
import { toTask } from '../domain';
import { taskCompleted } from '../events';
import { completeTaskRow } from '../store';

/**
 * Completes a task of the caller, once. Whoever asks again, with the same call or another, is answered the same. Somebody else's
 * task is not there.
 */
export const completeTask =
  (table: Table, clock: Clock) =>
  async ({ path, customerId, traceId }: RequestOf<typeof tasks, 'complete-task'>): Promise<HttpAnswer> => {
    const { taskId } = path;
    const now = clock.now();
    const cause = { correlationId: taskId, causationId: `request/${traceId}`, now };
    const event = emit(taskCompleted, { taskId, customerId }, cause);
    const row = await completeTaskRow(table, { taskId, customerId }, event, now);
    if (!row) throw new NotFoundError('task', taskId);
    return { status: 200, body: toTask(row) };
  };

export const handler = httpHandler(tasks, 'complete-task', completeTask(openTable(), systemClock));
