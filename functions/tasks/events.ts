import * as v from 'valibot';
import { defineEvent } from '../../lib/service/event-contract';
import { CustomerId, TaskId } from '../../lib/service/schemas';

const ofTask = { taskId: TaskId, customerId: CustomerId };

export const taskCreated = defineEvent(
  { source: 'tasks', type: 'task.created', summary: 'There is a new task.', aggregate: 'taskId' },
  v.object(ofTask),
);

export const taskCompleted = defineEvent(
  { source: 'tasks', type: 'task.completed', summary: 'A task is done.', aggregate: 'taskId' },
  v.object(ofTask),
);
