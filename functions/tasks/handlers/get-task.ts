import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { tasks } from '../contract';
import { toTask } from '../domain';
import { findTask } from '../store';

/** One task of the caller. Somebody else's is not there. */
export const getTask =
  (table: Table) =>
  async ({ path, customerId }: RequestOf<typeof tasks, 'get-task'>): Promise<HttpAnswer> => {
    const row = await findTask(table, path.taskId);
    if (row?.customerId !== customerId) throw new NotFoundError('task', path.taskId);
    return { status: 200, body: toTask(row) };
  };

export const handler = httpHandler(tasks, 'get-task', getTask(openTable()));
