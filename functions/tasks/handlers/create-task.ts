import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { emit } from '../../../lib/events/outbox';
import { createdItemId, fingerprint } from '../../../lib/idempotency/created-item';
import { asReplay } from '../../../lib/idempotency/once-per';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { tasks } from '../contract';
import { asCreated, type TaskRow, toTask } from '../domain';
import { taskCreated } from '../events';
import { createTaskRow } from '../store';

type Request = RequestOf<typeof tasks, 'create-task'>;

/** Creates a task: one conditional put, with the event in it. A repeat finds the first one. */
export const createTask =
  (table: Table, clock: Clock) =>
  async (request: Request): Promise<HttpAnswer> => {
    const { body, customerId, idempotencyKey, traceId } = request;
    const now = clock.now();
    const taskId = createdItemId('tsk_', customerId, 'createTask', idempotencyKey);
    const createdAt = toTimestamp(now);
    const row: TaskRow = {
      taskId,
      customerId,
      ...withoutUndefined(body),
      status: 'OPEN',
      createdAt,
      updatedAt: createdAt,
      requestHash: fingerprint(body),
    };
    const cause = { correlationId: taskId, causationId: `request/${traceId}`, now };
    const { result, replayed } = await createTaskRow(table, row, emit(taskCreated, { taskId, customerId }, cause));
    const answer = created(request, asCreated(result));
    return replayed ? asReplay(answer) : answer;
  };

/** What is not given is not there. */
function withoutUndefined({ title, description, dueAt }: Request['body']) {
  return { title, ...(description !== undefined && { description }), ...(dueAt !== undefined && { dueAt }) };
}

function created({ clientPath }: Request, row: TaskRow): HttpAnswer {
  return { status: 201, body: toTask(row), headers: { location: `${clientPath}/${row.taskId}` } };
}

export const handler = httpHandler(tasks, 'create-task', createTask(openTable(), systemClock));
