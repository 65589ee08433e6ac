import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import { OrderId, PageCursor, PageLimit, Timestamp } from '../../lib/service/schemas';
import { SagaStatus } from '../orders/contract';

const SagaSummary = v.strictObject({
  orderId: OrderId,
  status: SagaStatus,
  startedAt: Timestamp,
  endedAt: v.optional(Timestamp),
});

const SagaStep = v.strictObject({
  name: v.string(),
  kind: v.picklist(['step', 'undo']),
  status: v.picklist(['succeeded', 'failed', 'refused', 'running']),
  attempts: v.pipe(v.number(), v.integer(), v.minValue(0)),
  error: v.optional(v.string()),
  startedAt: Timestamp,
  endedAt: v.optional(Timestamp),
});

export const operations = defineService({
  name: 'operations',
  version: '1.0.0',
  summary: 'What operators see and do: the sagas of orders, step by step, and another try for those that are parked.',
  handlers: {
    'list-sagas': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/ops/sagas',
            operationId: 'listSagas',
            summary: 'The sagas of one status, newest first; the status must be given',
            scope: 'ops',
            query: { status: SagaStatus, limit: PageLimit, cursor: PageCursor },
            answers: {
              200: {
                description: 'A page of sagas',
                body: v.strictObject({ items: v.array(SagaSummary), nextCursor: v.optional(PageCursor) }),
              },
            },
            problems: [503],
          },
        ],
      },
      timeoutSeconds: 10,
      calls: ['orders/list-sagas'],
    },
    'get-saga': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/ops/sagas/{orderId}',
            operationId: 'getSaga',
            summary: 'The saga of an order: every step and undo, how often it was tried, and what became of it',
            scope: 'ops',
            pathParameters: { orderId: OrderId },
            answers: {
              200: {
                description: 'The saga',
                body: v.strictObject({ orderId: OrderId, status: SagaStatus, steps: v.array(SagaStep) }),
              },
            },
            problems: [404, 503],
          },
        ],
      },
      timeoutSeconds: 25,
      calls: ['orders/get-saga'],
      watches: ['place-order', 'cancel-order'],
    },
    'redrive-saga': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/ops/sagas/{orderId}/redrive',
            operationId: 'redriveSaga',
            summary: 'Try the undos of a parked saga again',
            scope: 'ops',
            pathParameters: { orderId: OrderId },
            answers: {
              202: {
                description: 'Accepted: they are tried again, or already were being',
                body: v.strictObject({ orderId: OrderId, status: v.literal('parked') }),
              },
            },
            problems: [404, 409, 503],
          },
        ],
      },
      timeoutSeconds: 25,
      calls: ['orders/redrive-saga', 'orders/get-saga'],
    },
  },
});
