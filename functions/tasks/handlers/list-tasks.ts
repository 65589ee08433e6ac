import { answerPage } from '../../../lib/http/answer-page';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { tasks } from '../contract';
import { toTask } from '../domain';
import { listTaskRows } from '../store';

/** A page of the caller's tasks, newest first. A cursor says where to go on; whose tasks is always the caller's own. */
export const listTasks =
  (table: Table) =>
  ({ query, customerId }: RequestOf<typeof tasks, 'list-tasks'>): Promise<HttpAnswer> =>
    answerPage(query, ['taskId', 'createdAt'], (...page) => listTaskRows(table, customerId, ...page), toTask);

export const handler = httpHandler(tasks, 'list-tasks', listTasks(openTable()));
