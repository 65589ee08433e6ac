import '../../../support/environment';
import { createTask } from '../../../../functions/tasks/handlers/create-task';
import { getTask } from '../../../../functions/tasks/handlers/get-task';
import { createdItemId } from '../../../../lib/idempotency/created-item';
import { clock, NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { openTasksTable, type TasksTable } from '../tasks-table';

const TASK_ID = createdItemId('tsk_', 'alice', 'createTask', 'key-1');
const BODY = { title: 'Tea', description: 'green', dueAt: '2026-02-01T10:00:00+01:00' };

describe('getting a task', () => {
  let tasks: TasksTable;
  beforeEach(async () => {
    tasks = await openTasksTable();
    await createTask(tasks.table, clock)(aRequest({ body: BODY, idempotencyKey: 'key-1' }));
  });
  afterEach(() => tasks.close());

  it('answers the task to its owner, and nothing of what is stored beside it', async () => {
    const answer = await getTask(tasks.table)(aRequest({ path: { taskId: TASK_ID } }));

    const body = { taskId: TASK_ID, ...BODY, status: 'OPEN', createdAt: NOW, updatedAt: NOW };
    expect(answer).toEqual({ status: 200, body });
  });

  it.each([
    ["somebody else's task", TASK_ID],
    ['a task that does not exist', `tsk_${'f'.repeat(32)}`],
  ])('does not find %s', async (_, taskId) => {
    const asked = getTask(tasks.table)(aRequest({ path: { taskId }, customerId: 'mallory' }));

    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
  });
});
