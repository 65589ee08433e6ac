import '../../../support/environment';
import { completeTask } from '../../../../functions/tasks/handlers/complete-task';
import { createTask } from '../../../../functions/tasks/handlers/create-task';
import { listTasks } from '../../../../functions/tasks/handlers/list-tasks';
import { encodeCursor } from '../../../../lib/http/cursor';
import { NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { manualClock } from '../../../support/manual-clock';
import { openTasksTable, type TasksTable } from '../tasks-table';

interface Listed {
  readonly items: ReadonlyArray<{ readonly taskId: string; readonly title: string; readonly status: string }>;
  readonly nextCursor?: string;
}

describe('listing tasks', () => {
  let tasks: TasksTable;
  const clock = manualClock(Date.parse(NOW));
  beforeEach(async () => {
    tasks = await openTasksTable();
    for (const title of ['first', 'second', 'third']) {
      await create(title, 'alice');
      await create(`bob's ${title}`, 'bob');
      await clock.advance(1000);
    }
  });
  afterEach(() => tasks.close());

  async function create(title: string, customerId: string): Promise<void> {
    const body = { title, description: undefined, dueAt: undefined };
    await createTask(tasks.table, clock)(aRequest({ body, customerId, idempotencyKey: title }));
  }

  async function list(query: { limit?: number; cursor?: string } = {}, customerId = 'alice'): Promise<Listed> {
    return (await listTasks(tasks.table)(aRequest({ query, customerId }))).body as Listed;
  }

  const titles = ({ items }: Listed) => items.map(({ title }) => title);

  it("answers the caller's own, newest first", async () => {
    const listed = await list();

    expect(titles(listed)).toEqual(['third', 'second', 'first']);
    expect(listed).not.toHaveProperty('nextCursor');
  });

  it('goes on from page to page, each with no task of another', async () => {
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.nextCursor ?? '' });

    expect([titles(first), titles(second)]).toEqual([['third', 'second'], ['first']]);
    expect(second).not.toHaveProperty('nextCursor');
  });

  it('has no next page when the last task is on this one', async () => {
    expect(await list({ limit: 3 })).not.toHaveProperty('nextCursor');
  });

  it('shows each task as it is by now', async () => {
    const { items } = await list();
    const taskId = items[1]?.taskId ?? '';

    await completeTask(tasks.table, clock)(aRequest({ path: { taskId } }));

    expect((await list()).items.map(({ status }) => status)).toEqual(['OPEN', 'COMPLETED', 'OPEN']);
  });

  it('is empty for who has none', async () => {
    expect(await list({}, 'carol')).toEqual({ items: [] });
  });

  it("goes on in the caller's own tasks with somebody else's cursor", async () => {
    const { nextCursor = '' } = await list({ limit: 1 }, 'bob');

    expect(titles(await list({ cursor: nextCursor }))).not.toContain("bob's second");
  });

  it.each([
    ['no cursor at all', 'nonsense'],
    ['one that names a customer', encodeCursor({ taskId: 'x', createdAt: NOW, customerId: 'bob' })],
    ['one of another list', encodeCursor({ orderId: 'x', createdAt: NOW })],
  ])('refuses %s', async (_, cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });
});
