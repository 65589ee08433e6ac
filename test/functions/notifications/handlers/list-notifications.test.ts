import '../environment';
import { listNotifications } from '../../../../functions/notifications/handlers/list-notifications';
import { notifyCustomer } from '../../../../functions/notifications/handlers/notify-customer';
import { openSender } from '../../../../functions/notifications/sender';
import { encodeCursor } from '../../../../lib/http/cursor';
import { clock } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { answered, UNKNOWN } from '../../../support/fake-party';
import { type NotificationsTable, openNotificationsTable } from '../notifications-table';
import { EVENTS } from '../some-events';

interface Listed {
  readonly items: ReadonlyArray<{ readonly notificationId: string; readonly type: string }>;
  readonly nextCursor?: string;
}

describe('listing notifications', () => {
  let store: NotificationsTable;
  beforeEach(async () => {
    store = await openNotificationsTable();
  });
  afterEach(() => store.close());

  const told = (outcome = answered(201)) =>
    notifyCustomer(
      store.table,
      openSender(async () => outcome),
      clock,
    );
  const created = (minute: number, customerId = 'alice') => ({
    ...EVENTS['task.created'],
    id: `tasks/${customerId}/${minute}`,
    occurredAt: `2026-01-01T00:0${minute}:00.000Z`,
    data: { ...EVENTS['task.created'].data, customerId },
  });

  async function list(query: { limit?: number; cursor?: string } = {}, customerId = 'alice'): Promise<Listed> {
    return (await listNotifications(store.table)(aRequest({ query, customerId }))).body as Listed;
  }

  it('answers what the API shows, and nothing of what is stored beside it', async () => {
    await told()['task.created'](EVENTS['task.created']);

    const { aggregateId } = EVENTS['task.created'];
    expect(await list()).toEqual({
      items: [
        {
          notificationId: expect.stringMatching(/^ntf_/),
          type: 'task.created',
          message: 'Task created!',
          subject: { kind: 'task', id: aggregateId },
          createdAt: '2026-01-01T00:01:00.000Z',
        },
      ],
    });
  });

  it('answers the newest first, by when it happened and not by when it was heard of', async () => {
    for (const minute of [2, 3, 1]) await told()['task.created'](created(minute));

    const { items } = await list();

    expect(items).toMatchObject(['03', '02', '01'].map((minute) => ({ createdAt: `2026-01-01T00:${minute}:00.000Z` })));
  });

  it("answers the caller's own, from page to page", async () => {
    for (const minute of [1, 2, 3]) {
      await told()['task.created'](created(minute));
      await told()['task.created'](created(minute, 'bob'));
    }

    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.nextCursor ?? '' });

    expect([first.items.length, second.items.length]).toEqual([2, 1]);
    expect(second).not.toHaveProperty('nextCursor');
    const ids = (await store.scan()).filter((row) => row.customerId === 'alice').map((row) => row.notificationId);
    expect([...first.items, ...second.items].map((item) => item.notificationId).sort()).toEqual(ids.sort());
  });

  it('answers those that the sender does not have, too', async () => {
    await expect(told(UNKNOWN)['task.created'](EVENTS['task.created'])).rejects.toThrow();
    jest.spyOn(console, 'error').mockReturnValueOnce();
    await told(answered(422))['order.cancelled'](EVENTS['order.cancelled']);

    expect((await list()).items.map(({ type }) => type)).toEqual(['order.cancelled', 'task.created']);
  });

  it('is empty for who has none', async () => {
    expect(await list({}, 'carol')).toEqual({ items: [] });
  });

  it('refuses a cursor of another list', async () => {
    const cursor = encodeCursor({ taskId: 'x', createdAt: 'y' });

    await expect(list({ cursor })).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });
});
