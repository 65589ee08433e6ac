import type { NotificationRow } from '../../../functions/notifications/domain';
import { noteDelivery, putOnce } from '../../../functions/notifications/store';
import { clock, NOW } from '../../support/a-command';
import { type NotificationsTable, openNotificationsTable } from './notifications-table';

const ROW: NotificationRow = {
  notificationId: 'ntf_1',
  customerId: 'alice',
  type: 'task.created',
  message: 'Task created!',
  subject: { kind: 'task', id: 'tsk_1' },
  status: 'PENDING',
  createdAt: NOW,
  updatedAt: NOW,
};

describe('the notifications', () => {
  let store: NotificationsTable;
  beforeEach(async () => {
    store = await openNotificationsTable();
  });
  afterEach(() => store.close());

  it('keep the first of each id, and answer it to whoever brings another', async () => {
    expect(await putOnce(store.table, ROW)).toEqual(ROW);
    expect(await putOnce(store.table, { ...ROW, message: 'Something else' })).toEqual(ROW);

    expect(await store.scan()).toEqual([ROW]);
  });

  it.each([
    ['SENT', 'REFUSED'],
    ['REFUSED', 'SENT'],
  ] as const)('stay %s when another worker says %s later', async (first, second) => {
    await putOnce(store.table, ROW);
    await noteDelivery(store.table, 'ntf_1', first, clock.now() + 1000);

    await noteDelivery(store.table, 'ntf_1', second, clock.now() + 2000);

    expect(await store.scan()).toEqual([{ ...ROW, status: first, updatedAt: '2026-01-01T00:00:01.000Z' }]);
  });

  it('are not made by a note of their delivery', async () => {
    await noteDelivery(store.table, 'ntf_1', 'SENT', clock.now());

    expect(await store.scan()).toEqual([]);
  });
});
