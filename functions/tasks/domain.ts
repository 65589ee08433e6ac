/** `COMPLETED` is for good. */
export type TaskStatus = 'OPEN' | 'COMPLETED';

/** A task as it is stored, beside the events of its last change. */
export interface TaskRow {
  readonly taskId: string;
  readonly customerId: string;
  readonly title: string;
  readonly description?: string;
  /** As it was given. */
  readonly dueAt?: string;
  readonly status: TaskStatus;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Fingerprint of the request that made it, to tell a repeat from another use of its key. */
  readonly requestHash: string;
}

/** The task as the API shows it. */
export function toTask({ taskId, title, description, dueAt, status, createdAt, updatedAt }: TaskRow) {
  return {
    taskId,
    title,
    ...(description !== undefined && { description }),
    ...(dueAt !== undefined && { dueAt }),
    status,
    createdAt,
    updatedAt,
  };
}

/** The task as it was when it was created, whatever became of it since: what a repeat of that request is answered. */
export function asCreated(row: TaskRow): TaskRow {
  return { ...row, status: 'OPEN', updatedAt: row.createdAt };
}
