import '../../../support/environment';
import { completeTask } from '../../../../functions/tasks/handlers/complete-task';
import { createTask } from '../../../../functions/tasks/handlers/create-task';
import { createdItemId } from '../../../../lib/idempotency/created-item';
import { NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { manualClock } from '../../../support/manual-clock';
import { openTasksTable, type TasksTable } from '../tasks-table';

const BODY = { title: 'Water the plants', description: 'all of them', dueAt: '2026-02-01T10:00:00+01:00' };
const TASK_ID = createdItemId('tsk_', 'alice', 'createTask', 'key-1');
const SHOWN = { taskId: TASK_ID, ...BODY, status: 'OPEN', createdAt: NOW, updatedAt: NOW };
const CREATED = { status: 201, body: SHOWN, headers: { location: `/v1/tasks/${TASK_ID}` } };
const REPLAYED = { ...CREATED, headers: { ...CREATED.headers, 'idempotency-replayed': 'true' } };
const EVENT = {
  type: 'task.created',
  version: 1,
  occurredAt: NOW,
  correlationId: TASK_ID,
  causationId: `request/${'0'.repeat(32)}`,
  data: { taskId: TASK_ID, customerId: 'alice' },
};

describe('creating a task', () => {
  let tasks: TasksTable;
  let clock = manualClock(Date.parse(NOW));
  beforeEach(async () => {
    tasks = await openTasksTable();
    clock = manualClock(Date.parse(NOW));
  });
  afterEach(() => tasks.close());

  const request = (body: object = BODY) =>
    aRequest({ body: body as typeof BODY, idempotencyKey: 'key-1', clientPath: '/v1/tasks' });
  const create = (body?: object) => createTask(tasks.table, clock)(request(body));

  it('answers the task and where it is', async () => {
    expect(await create()).toEqual(CREATED);
  });

  it('writes the task and its event in one write', async () => {
    let writes = 0;
    const counting = tasks.tableOf((call) => {
      writes += 1;
      return call();
    });

    await createTask(counting, clock)(request());

    expect(writes).toBe(1);
    expect(await tasks.find(TASK_ID)).toMatchObject({ ...SHOWN, customerId: 'alice', _out: [EVENT], _outSeq: 1 });
  });

  it('keeps nothing of what was not given', async () => {
    const answer = await create({ title: 'Water the plants' });

    expect(Object.keys(answer.body as object)).toEqual(['taskId', 'title', 'status', 'createdAt', 'updatedAt']);
    expect(await tasks.find(TASK_ID)).not.toHaveProperty('description');
    expect(await tasks.find(TASK_ID)).not.toHaveProperty('dueAt');
  });

  it('keeps an empty description', async () => {
    expect(await create({ title: 'x', description: '' })).toMatchObject({ body: { description: '' } });
  });

  it('answers a repeat byte for byte, whatever has become of the task, and tells of it once', async () => {
    const first = await create();
    await clock.advance(5000);
    await completeTask(tasks.table, clock)(aRequest({ path: { taskId: TASK_ID } }));
    const before = await tasks.find(TASK_ID);

    const repeat = await create();

    expect(repeat).toEqual(REPLAYED);
    expect(JSON.stringify(repeat.body)).toBe(JSON.stringify(first.body));
    expect(await tasks.find(TASK_ID)).toEqual(before);
  });

  it('takes a body with its members in another order for the same', async () => {
    await create();

    const { dueAt, title, description } = BODY;
    expect(await create({ dueAt, description, title })).toEqual(REPLAYED);
  });

  it('answers the repeat of a request whose reply was lost', async () => {
    const losing = tasks.tableOf(async (call) => {
      await call();
      throw new Error('the reply is lost');
    });
    await expect(createTask(losing, clock)(request())).rejects.toThrow('the reply is lost');

    expect(await create()).toEqual(REPLAYED);
    expect(await tasks.find(TASK_ID)).toMatchObject({ _out: [EVENT], _outSeq: 1 });
  });

  it('makes one task of two requests that come at once', async () => {
    const answers = await Promise.all([create(), create()]);

    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual([
      { status: 201, body: SHOWN },
      { status: 201, body: SHOWN },
    ]);
    expect(answers.filter(({ headers }) => headers?.['idempotency-replayed'] === 'true')).toHaveLength(1);
    expect(await tasks.find(TASK_ID)).toMatchObject({ _outSeq: 1 });
  });

  it.each([
    ['another title', { ...BODY, title: 'Water the lawn' }],
    ['no description', { title: BODY.title, dueAt: BODY.dueAt }],
    ['another instant', { ...BODY, dueAt: '2026-02-01T09:00:00Z' }],
  ])('refuses the same key with %s, and changes nothing', async (_, body) => {
    await create();
    const before = await tasks.find(TASK_ID);

    await expect(create(body)).rejects.toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });

    expect(await tasks.find(TASK_ID)).toEqual(before);
  });

  it('takes the same key of another customer for another task', async () => {
    await create();

    const other = await createTask(tasks.table, clock)({ ...request(), customerId: 'bob' });

    expect(other).toMatchObject({ status: 201, body: { title: BODY.title } });
    expect(other.body).not.toMatchObject({ taskId: TASK_ID });
    expect(other.headers).not.toHaveProperty('idempotency-replayed');
  });
});
