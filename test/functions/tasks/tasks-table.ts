import { tasks } from '../../../functions/tasks/contract';
import type { TaskRow } from '../../../functions/tasks/domain';
import { findTask } from '../../../functions/tasks/store';
import type { Outbox } from '../../../lib/events/outbox';
import { openRoomTable, type RoomTable } from '../../support/room-table';

/** The tasks' table in memory, as the contract declares it. */
export interface TasksTable extends RoomTable {
  /** The item of a task with the events of its last change. */
  find(taskId: string): Promise<(TaskRow & Outbox) | undefined>;
}

export async function openTasksTable(): Promise<TasksTable> {
  const { partitionKey, indexes } = tasks.table;
  const room = await openRoomTable({ partitionKey, indexes });
  return { ...room, find: (taskId) => findTask(room.table, taskId) as Promise<(TaskRow & Outbox) | undefined> };
}
