import type { FoundViolation } from '../simulation';
import type { Check, Evidence } from './evidence';
import { isForged } from './forgeries';
import type { Transition } from './transitions';

/** A notification as it stands in the table. */
export interface NotificationEntry {
  readonly notificationId: string;
  readonly customerId: string;
  readonly type: string;
  readonly subject: { readonly id: string };
  readonly status: string;
}

/** A message as it stands in the books of the sender. */
export interface MessageEntry {
  readonly reference: string;
  readonly customerId: string;
  readonly type: string;
}

/** Whatever was repeated, reordered or lost on the way: one notification and one message for each event about a customer that was told, and no other. */
export const checkEffects: Check = (evidence) => [...checkNotifications(evidence), ...checkMessages(evidence)];

function checkNotifications({ transitions, notifications }: Evidence): FoundViolation[] {
  const found: FoundViolation[] = [];
  const note = (detail: string) => found.push({ rule: 'notifications', detail });
  // Those of a circuit are of no customer.
  const wanted = countOf(transitions.filter(({ source }) => source !== 'circuits').map(titleOf));
  const there = countOf(notifications.map(({ subject, type }) => `${subject.id} ${type}`));
  for (const title of new Set([...wanted.keys(), ...there.keys()])) {
    const [has, wants] = [there.get(title) ?? 0, wanted.get(title) ?? 0];
    if (has !== wants) note(`${title}: ${has} notifications of ${wants} events`);
  }
  const owners = new Map(
    transitions.flatMap(({ aggregateId, data }) => (data.customerId ? [[aggregateId, data.customerId]] : [])),
  );
  for (const { notificationId, customerId, subject, status } of notifications) {
    if (customerId !== (owners.get(subject.id) ?? customerId))
      note(`${notificationId} of ${subject.id} went to ${customerId}`);
    if (status !== 'SENT') note(`${notificationId} is ${status}`);
    if (isForged(JSON.stringify(subject))) note(`${notificationId} is of something forged`);
  }
  return found;
}

/** By its reference a message is at the sender once: so there are as many as notifications, and for the same. */
function checkMessages({ notifications, messages }: Evidence): FoundViolation[] {
  const bodies = new Map(messages.map((message) => [message.reference, message]));
  const sent = notifications.flatMap(({ notificationId, customerId, type }) => {
    const message = bodies.get(notificationId);
    if (message?.customerId === customerId && message.type === type) return [];
    return [{ rule: 'messages', detail: `${notificationId} ${type} is not with the sender as it should be` }];
  });
  const extra = messages.length - notifications.length;
  if (extra > 0) sent.push({ rule: 'messages', detail: `${extra} messages are of no notification` });
  return sent;
}

function titleOf({ aggregateId, type }: Transition): string {
  return `${aggregateId} ${type}`;
}

function countOf(titles: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const title of titles) counts.set(title, (counts.get(title) ?? 0) + 1);
  return counts;
}
