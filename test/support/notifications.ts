import type { ApiClient } from './api-client';
import { until } from './until';

/** A notification as the API shows it. */
export interface ShownNotification {
  readonly notificationId: string;
  readonly type: string;
  readonly message: string;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly createdAt: string;
}

/** What somebody is notified of about one subject, oldest first. At most the last hundred are looked through. */
export async function notificationsAbout(
  api: ApiClient,
  subjectId: string,
  sub = 'alice',
): Promise<ShownNotification[]> {
  const { json, status, text } = await api.call('GET', '/v1/notifications?limit=100', { sub });
  if (status !== 200) throw new Error(`notifications: ${status} ${text}`);
  return (json.items as ShownNotification[]).filter(({ subject }) => subject.id === subjectId).reverse();
}

/** The same once there are so many. */
export function untilNotified(api: ApiClient, subjectId: string, count: number, sub = 'alice') {
  return until(
    `${count} notifications about ${subjectId}`,
    () => notificationsAbout(api, subjectId, sub),
    (found) => found.length >= count,
  );
}
