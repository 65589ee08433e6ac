import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import { Nothing, PageCursor, PageLimit, TaskId } from '../../lib/service/schemas';
import { taskCompleted, taskCreated } from './events';
import { CreateTaskBody, Task } from './task-schemas';

export const tasks = defineService({
  name: 'tasks',
  version: '1.0.0',
  summary: "Keeps customers' tasks, and tells when one is created or completed.",
  table: {
    partitionKey: 'taskId',
    indexes: { byCustomer: { partitionKey: 'customerId', sortKey: 'createdAt' } },
    stream: true,
  },
  events: [taskCreated, taskCompleted],
  handlers: {
    'create-task': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/v1/tasks',
            operationId: 'createTask',
            summary: 'Create a task',
            scope: 'tasks:write',
            idempotencyKey: true,
            body: CreateTaskBody,
            answers: { 201: { description: 'The new task', body: Task } },
            problems: [422],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['PutItem'],
    },
    'list-tasks': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/tasks',
            operationId: 'listTasks',
            summary: "The caller's tasks, newest first",
            scope: 'tasks:read',
            query: { limit: PageLimit, cursor: PageCursor },
            answers: {
              200: {
                description: 'A page of tasks',
                body: v.strictObject({ items: v.array(Task), nextCursor: v.optional(PageCursor) }),
              },
            },
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['BatchGetItem'],
      indexes: { byCustomer: ['Query'] },
    },
    'get-task': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/tasks/{taskId}',
            operationId: 'getTask',
            summary: 'One task of the caller',
            scope: 'tasks:read',
            pathParameters: { taskId: TaskId },
            answers: { 200: { description: 'The task', body: Task } },
            problems: [404],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['GetItem'],
    },
    'complete-task': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/v1/tasks/{taskId}/complete',
            operationId: 'completeTask',
            summary: 'Complete a task; a repeat answers the same',
            scope: 'tasks:write',
            pathParameters: { taskId: TaskId },
            answers: { 200: { description: 'The completed task', body: Task } },
            problems: [404],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'relay-events': { trigger: { kind: 'relay', batchSize: 100 }, timeoutSeconds: 30 },
    health: {
      trigger: { kind: 'query', input: Nothing, output: Nothing },
      timeoutSeconds: 3,
      table: ['GetItem'],
    },
  },
});
