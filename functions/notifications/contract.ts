import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import { on } from '../../lib/service/event-contract';
import { Nothing, PageCursor, PageLimit, Timestamp } from '../../lib/service/schemas';
import { orderCancelled, orderConfirmed, orderParked, orderRejected } from '../orders/events';
import { paymentRefunded } from '../payments/events';
import { taskCompleted, taskCreated } from '../tasks/events';

const Notification = v.strictObject({
  notificationId: v.string(),
  type: v.string(),
  message: v.string(),
  subject: v.strictObject({ kind: v.picklist(['task', 'order']), id: v.string() }),
  createdAt: Timestamp,
});

export const notifications = defineService({
  name: 'notifications',
  version: '1.0.0',
  summary: 'Tells customers what became of their orders and tasks.',
  table: {
    partitionKey: 'notificationId',
    indexes: { byCustomer: { partitionKey: 'customerId', sortKey: 'createdAt' } },
  },
  parties: {
    sender: { urlContext: 'notificationSenderUrl', standIn: { service: 'sandbox', handler: 'sender' } },
  },
  handlers: {
    'list-notifications': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/notifications',
            operationId: 'listNotifications',
            summary: "The caller's notifications, newest first",
            scope: 'notifications:read',
            query: { limit: PageLimit, cursor: PageCursor },
            answers: {
              200: {
                description: 'A page of notifications',
                body: v.strictObject({ items: v.array(Notification), nextCursor: v.optional(PageCursor) }),
              },
            },
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['BatchGetItem'],
      indexes: { byCustomer: ['Query'] },
    },
    'notify-customer': {
      trigger: {
        kind: 'events',
        consumes: [
          on(taskCreated, 1),
          on(taskCompleted, 1),
          on(orderConfirmed, 1),
          on(orderRejected, 1),
          on(orderCancelled, 1),
          on(orderParked, 1),
          on(paymentRefunded, 1),
        ],
        batchSize: 10,
        maximumConcurrency: 5,
      },
      timeoutSeconds: 30,
      table: ['PutItem', 'UpdateItem'],
      party: 'sender',
    },
    health: {
      trigger: { kind: 'query', input: Nothing, output: Nothing },
      timeoutSeconds: 3,
      table: ['GetItem'],
    },
  },
});
