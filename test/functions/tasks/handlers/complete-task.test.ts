import '../../../support/environment';
import { completeTask } from '../../../../functions/tasks/handlers/complete-task';
import { createTask } from '../../../../functions/tasks/handlers/create-task';
import { getTask } from '../../../../functions/tasks/handlers/get-task';
import { createdItemId } from '../../../../lib/idempotency/created-item';
import { NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { manualClock } from '../../../support/manual-clock';
import { openTasksTable, type TasksTable } from '../tasks-table';

const TASK_ID = createdItemId('tsk_', 'alice', 'createTask', 'key-1');
const LATER = '2026-01-01T00:01:00.000Z';
const COMPLETED = { taskId: TASK_ID, title: 'Tea', status: 'COMPLETED', createdAt: NOW, updatedAt: LATER };
const EVENT = {
  type: 'task.completed',
  version: 1,
  occurredAt: LATER,
  correlationId: TASK_ID,
  causationId: `request/${'0'.repeat(32)}`,
  data: { taskId: TASK_ID, customerId: 'alice' },
};

describe('completing a task', () => {
  let tasks: TasksTable;
  const clock = { now: () => Date.parse(LATER) };
  beforeEach(async () => {
    tasks = await openTasksTable();
    const create = createTask(tasks.table, { now: () => Date.parse(NOW) });
    const body = { title: 'Tea', description: undefined, dueAt: undefined };
    await create(aRequest({ body, idempotencyKey: 'key-1' }));
  });
  afterEach(() => tasks.close());

  const request = (customerId = 'alice') => aRequest({ path: { taskId: TASK_ID }, customerId });
  const complete = (at = clock) => completeTask(tasks.table, at)(request());

  it('answers the completed task, in one write with its event', async () => {
    let writes = 0;
    const counting = tasks.tableOf((call) => {
      writes += 1;
      return call();
    });

    expect(await completeTask(counting, clock)(request())).toEqual({ status: 200, body: COMPLETED });

    expect(writes).toBe(1);
    expect(await tasks.find(TASK_ID)).toMatchObject({ ...COMPLETED, _out: [EVENT], _outSeq: 2 });
  });

  it('is seen by whoever gets the task', async () => {
    await complete();

    expect(await getTask(tasks.table)(request())).toEqual({ status: 200, body: COMPLETED });
  });

  it('answers the same to every repeat, and tells of it once', async () => {
    const first = await complete();
    const before = await tasks.find(TASK_ID);

    const repeat = await complete(manualClock(Date.parse(LATER) + 60_000));

    expect(JSON.stringify(repeat)).toBe(JSON.stringify(first));
    expect(await tasks.find(TASK_ID)).toEqual(before);
  });

  it('answers the repeat of a request whose reply was lost', async () => {
    const losing = tasks.tableOf(async (call) => {
      await call();
      throw new Error('the reply is lost');
    });
    await expect(completeTask(losing, clock)(request())).rejects.toThrow('the reply is lost');

    expect(await complete(manualClock(Date.parse(LATER) + 60_000))).toEqual({ status: 200, body: COMPLETED });
    expect(await tasks.find(TASK_ID)).toMatchObject({ _out: [EVENT], _outSeq: 2 });
  });

  it('is done by one of two who come at once, and answered to both', async () => {
    const answers = await Promise.all([complete(), complete(manualClock(Date.parse(LATER) + 1))]);

    expect(answers[0]).toEqual(answers[1]);
    expect(await tasks.find(TASK_ID)).toMatchObject({ status: 'COMPLETED', _outSeq: 2 });
  });

  it.each([
    ["somebody else's open task", false],
    ["somebody else's completed task", true],
  ])('does not find %s, and changes nothing', async (_, isCompleted) => {
    if (isCompleted) await complete();
    const before = await tasks.find(TASK_ID);

    const asked = completeTask(tasks.table, clock)(request('mallory'));

    await expect(asked).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await tasks.find(TASK_ID)).toEqual(before);
  });

  it('does not find a task that does not exist, and makes none', async () => {
    const taskId = `tsk_${'f'.repeat(32)}`;

    const asked = completeTask(tasks.table, clock)(aRequest({ path: { taskId } }));

    await expect(asked).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
    expect(await tasks.find(taskId)).toBeUndefined();
  });
});
