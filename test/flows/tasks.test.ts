import { randomUUID } from 'node:crypto';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { until } from '../support/until';

let system: LocalSystem;

beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
});
afterAll(() => system.close());

const createTask = (body: unknown, { key = randomUUID() as string, sub = 'alice' } = {}) =>
  system.api.call('POST', '/v1/tasks', { key, body, sub });

/** What somebody was notified of, newest first, once it is so many. */
const notificationsOf = (sub: string, count: number) =>
  until(
    `${count} notifications of ${sub}`,
    async () => (await system.api.call('GET', '/v1/notifications', { sub })).json.items,
    (items) => items.length >= count,
  );

describe('a task', () => {
  it('is created, and its customer is told', async () => {
    const created = await createTask({ title: 'Water the plants', dueAt: '2030-01-01T08:00:00.000Z' }, { sub: 'ada' });

    const { taskId } = created.json;
    expect([created.status, created.headers.get('location')]).toEqual([201, `/v1/tasks/${taskId}`]);
    expect(created.json).toEqual({
      taskId: expect.stringMatching(/^tsk_[0-9a-f]{32}$/),
      title: 'Water the plants',
      dueAt: '2030-01-01T08:00:00.000Z',
      status: 'OPEN',
      createdAt: expect.any(String),
      updatedAt: created.json.createdAt,
    });
    const [notification] = await notificationsOf('ada', 1);
    expect(notification).toEqual({
      notificationId: expect.any(String),
      type: 'task.created',
      message: 'Task created!',
      subject: { kind: 'task', id: taskId },
      createdAt: created.json.createdAt,
    });
  });

  it('is completed once, however often it is asked for, and its customer is told once', async () => {
    const { taskId } = (await createTask({ title: 'Feed the cat' }, { sub: 'bea' })).json;
    const complete = () => system.api.call('POST', `/v1/tasks/${taskId}/complete`, { sub: 'bea' });

    const first = await complete();
    const others = await Promise.all([complete(), complete(), complete()]);

    expect(first.json).toMatchObject({ taskId, status: 'COMPLETED' });
    expect(others.map(({ status, text }) => [status, text])).toEqual(others.map(() => [200, first.text]));
    expect((await system.api.call('GET', `/v1/tasks/${taskId}`, { sub: 'bea' })).json).toEqual(first.json);
    const told = await notificationsOf('bea', 2);
    expect(told.map(({ type, message }: Record<string, string>) => [type, message])).toEqual([
      ['task.completed', 'Task completed!'],
      ['task.created', 'Task created!'],
    ]);
  });

  it('is one task, and one notification, however often the request is repeated', async () => {
    const key = randomUUID();
    const body = { title: 'Pay the rent' };

    const answers = await Promise.all(Array.from({ length: 10 }, () => createTask(body, { key, sub: 'cleo' })));
    const { taskId } = answers[0]?.json ?? {};
    await system.api.call('POST', `/v1/tasks/${taskId}/complete`, { sub: 'cleo' });
    const late = await createTask(body, { key, sub: 'cleo' });

    expect(new Set([...answers, late].map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(late.headers.get('idempotency-replayed')).toBe('true');
    expect((await notificationsOf('cleo', 2)).length).toBe(2);
    expect((await system.api.call('GET', '/v1/tasks', { sub: 'cleo' })).json.items).toHaveLength(1);
  });

  it('cannot be had with a key that was used for another', async () => {
    const key = randomUUID();
    await createTask({ title: 'This' }, { key });

    const other = await createTask({ title: 'That' }, { key });

    expect([other.status, other.json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('of somebody else is not there', async () => {
    const { taskId } = (await createTask({ title: 'Mine' }, { sub: 'dora' })).json;

    const seen = await system.api.call('GET', `/v1/tasks/${taskId}`, { sub: 'eve' });
    const completed = await system.api.call('POST', `/v1/tasks/${taskId}/complete`, { sub: 'eve' });

    expect([seen.status, completed.status]).toEqual([404, 404]);
    expect((await system.api.call('GET', `/v1/tasks/${taskId}`, { sub: 'dora' })).json.status).toBe('OPEN');
  });

  it.each([
    ['no title', {}, 'title'],
    ['a blank title', { title: '  ' }, 'title'],
    ['a title that is too long', { title: 'x'.repeat(201) }, 'title'],
    ['an instant that is none', { title: 'x', dueAt: 'tomorrow' }, 'dueAt'],
    ['an unknown field', { title: 'x', priority: 1 }, 'priority'],
  ])('with %s is refused, and nobody is told', async (_, body, path) => {
    const refused = await createTask(body, { sub: 'fay' });

    expect([refused.status, refused.json.code, refused.json.errors[0].path]).toEqual([400, 'INVALID_REQUEST', path]);
    expect((await system.api.call('GET', '/v1/tasks', { sub: 'fay' })).json.items).toEqual([]);
  });

  it('needs an Idempotency-Key', async () => {
    const refused = await system.api.call('POST', '/v1/tasks', { body: { title: 'x' } });

    expect(refused.status).toBe(400);
  });
});

describe('lists of tasks and of notifications', () => {
  it('have pages, newest first, and the own ones only', async () => {
    for (let count = 1; count <= 5; count += 1) await createTask({ title: `Task ${count}` }, { sub: 'gus' });
    await notificationsOf('gus', 5);
    const read = async (path: string) => {
      const pages: unknown[][] = [];
      let cursor = '';
      do {
        const { json } = await system.api.call('GET', `${path}?limit=2${cursor}`, { sub: 'gus' });
        pages.push(json.items);
        cursor = json.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(json.nextCursor)}`;
      } while (cursor !== '');
      return pages;
    };

    const tasks = (await read('/v1/tasks')) as Array<Array<{ title: string; createdAt: string; taskId: string }>>;
    const notifications = (await read('/v1/notifications')) as Array<
      Array<{ createdAt: string; subject: { id: string } }>
    >;

    expect(tasks.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(tasks.flat().map(({ title }) => title)).toEqual([5, 4, 3, 2, 1].map((count) => `Task ${count}`));
    expect(notifications.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(notifications.flat().map(({ subject }) => subject.id)).toEqual(tasks.flat().map(({ taskId }) => taskId));
    const others = await system.api.call('GET', '/v1/notifications', { sub: 'nobody' });
    expect(others.json).toEqual({ items: [] });
  });

  it('refuse a scope that is not theirs', async () => {
    const answer = await system.api.call('GET', '/v1/notifications', { scope: 'tasks:read' });

    expect(answer.status).toBe(403);
  });
});
