import { AppError } from '../../lib/errors/app-error';

/**
 * `PENDING`: told to the customer in the list, and not yet taken by the sender. `SENT`: the sender has it. `REFUSED`: the sender will
 * never take it; the customer still finds it in the list.
 */
export type NotificationStatus = 'PENDING' | 'SENT' | 'REFUSED';

/** What a notification is about. */
export interface Subject {
  readonly kind: 'task' | 'order';
  readonly id: string;
}

/** A notification as it is stored. There is one for each event, for ever: it is the record that the event was taken. */
export interface NotificationRow {
  readonly notificationId: string;
  readonly customerId: string;
  /** The type of the event. */
  readonly type: string;
  readonly message: string;
  readonly subject: Subject;
  readonly status: NotificationStatus;
  /** When what it tells happened, not when it was heard of: so the order of arrival changes nothing in the list. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Whether the message was taken is not known. The same message again, with the same key, finds out. */
export class SenderUnavailableError extends AppError {
  override readonly name = 'SenderUnavailableError';
  constructor(notificationId: string, why: string) {
    super(`notification ${notificationId} could not be sent`, {
      code: 'SENDER_UNAVAILABLE',
      status: 503,
      retryable: true,
      cause: new Error(why),
    });
  }
}

/** The notification as the API shows it. */
export function toNotification({ notificationId, type, message, subject, createdAt }: NotificationRow) {
  // Written out, because a map that comes back from the table may have its members in another order.
  return { notificationId, type, message, subject: { kind: subject.kind, id: subject.id }, createdAt };
}
