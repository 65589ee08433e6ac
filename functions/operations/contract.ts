import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import { OrderId, PageCursor, PageLimit, Timestamp, text, wholeNumber } from '../../lib/service/schemas';
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

const QueueRef = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,79}$/));

const DeadLetters = v.strictObject({
  queue: QueueRef,
  messages: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  /** Of up to ten that are looked at; 0 while none can be. */
  oldestAgeSeconds: wholeNumber(0, Number.MAX_SAFE_INTEGER),
});

/** Types of one replay: more than there are. */
const MAX_DETAIL_TYPES = 50;

const DetailTypes = v.pipe(v.array(text(1, 128)), v.minLength(1), v.maxLength(MAX_DETAIL_TYPES));

const ReplayRange = { from: Timestamp, to: Timestamp, detailTypes: v.optional(DetailTypes) };

export const operations = defineService({
  name: 'operations',
  version: '1.0.0',
  summary: 'What operators see and do: sagas step by step, dead letters, another try for both, and events once more.',
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
    'list-dead-letters': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/ops/dead-letters',
            operationId: 'listDeadLetters',
            summary:
              'What consumers could not take, by their queue: how many messages, and the age of the oldest of up to ten of them, unless somebody else has received all',
            scope: 'ops',
            answers: {
              200: {
                description: 'The queues that hold something',
                body: v.strictObject({ items: v.array(DeadLetters) }),
              },
            },
            problems: [503],
          },
        ],
      },
      timeoutSeconds: 10,
      deadLetters: 'read',
    },
    'redrive-dead-letters': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/ops/dead-letters/{queue}/redrive',
            operationId: 'redriveDeadLetters',
            summary: 'Send what a consumer could not take to it again',
            scope: 'ops',
            pathParameters: { queue: QueueRef },
            answers: {
              202: {
                description:
                  'Accepted: so many messages are moved back to the queue of the consumer, or already were being',
                body: v.strictObject({ queue: QueueRef, messages: wholeNumber(0, Number.MAX_SAFE_INTEGER) }),
              },
            },
            problems: [404, 409, 503],
          },
        ],
      },
      timeoutSeconds: 15,
      deadLetters: 'redrive',
    },
    'replay-events': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/ops/events/replay',
            operationId: 'replayEvents',
            summary:
              'Put events of the last 30 days on the bus again, those whose time is from `from` up to `to`; a repeated call starts another replay',
            scope: 'ops',
            body: v.strictObject(ReplayRange),
            answers: {
              202: {
                description: 'Accepted: they are being replayed',
                body: v.strictObject({ replayId: v.string(), ...ReplayRange }),
              },
            },
            problems: [503],
          },
        ],
      },
      timeoutSeconds: 15,
      replays: true,
    },
  },
});
