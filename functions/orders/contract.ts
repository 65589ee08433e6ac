import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import { Nothing, OrderId, PageCursor, PageLimit, Timestamp } from '../../lib/service/schemas';
import { orderCancelled, orderConfirmed, orderParked, orderRejected } from './events';
import { Address, CreateOrderBody, Failure, Order, OrderOwner, PaymentToken, PlacedOrder } from './order-schemas';

export { Address, FailureCode, MAX_QUANTITY } from './order-schemas';

const OrderRef = v.strictObject({ orderId: OrderId });

/** What became of the saga of an order: on its way, confirmed, undone, or waiting for people. */
export const SagaStatus = v.picklist(['running', 'completed', 'compensated', 'parked']);

const SagaSummary = v.strictObject({
  orderId: OrderId,
  status: SagaStatus,
  startedAt: Timestamp,
  endedAt: v.optional(Timestamp),
});

/** The sagas that an order goes through. */
const OrderSagaName = v.picklist(['place-order', 'cancel-order']);

/** The saga and what its machine is for. */
export const MachineName = v.strictObject({
  saga: OrderSagaName,
  role: v.picklist(['main', 'repair', 'undo']),
});

export const orders = defineService({
  name: 'orders',
  version: '1.0.0',
  summary: 'Takes orders and knows what became of them; starts, takes up and ends their sagas.',
  table: {
    partitionKey: 'orderId',
    indexes: {
      byCustomer: { partitionKey: 'customerId', sortKey: 'createdAt' },
      byStatus: { partitionKey: 'status', sortKey: 'createdAt' },
    },
    stream: true,
  },
  events: [orderConfirmed, orderRejected, orderCancelled, orderParked],
  handlers: {
    'create-order': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/v1/orders',
            operationId: 'createOrder',
            summary: 'Place an order',
            scope: 'orders:write',
            idempotencyKey: true,
            body: CreateOrderBody,
            answers: { 202: { description: 'Accepted: the saga carries it out', body: Order } },
            problems: [422, 503],
          },
        ],
      },
      timeoutSeconds: 15,
      table: ['GetItem', 'PutItem'],
      calls: ['inventory/price-items'],
    },
    'get-order': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/orders/{orderId}',
            operationId: 'getOrder',
            summary: 'One order of the caller',
            scope: 'orders:read',
            pathParameters: { orderId: OrderId },
            answers: { 200: { description: 'The order', body: Order } },
            problems: [404],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['GetItem'],
    },
    'list-orders': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/orders',
            operationId: 'listOrders',
            summary: "The caller's orders, newest first",
            scope: 'orders:read',
            query: { limit: PageLimit, cursor: PageCursor },
            answers: {
              200: {
                description: 'A page of orders',
                body: v.strictObject({ items: v.array(Order), nextCursor: v.optional(PageCursor) }),
              },
            },
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['BatchGetItem'],
      indexes: { byCustomer: ['Query'] },
    },
    'cancel-order': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'POST',
            path: '/v1/orders/{orderId}/cancel',
            operationId: 'cancelOrder',
            summary: 'Take an order back, as long as the carrier has not got the parcel',
            scope: 'orders:write',
            pathParameters: { orderId: OrderId },
            answers: { 202: { description: 'Accepted: it is being cancelled, or has been', body: Order } },
            problems: [404, 409, 503],
          },
        ],
      },
      timeoutSeconds: 20,
      table: ['GetItem', 'UpdateItem'],
      calls: ['shipping/get-handover'],
    },
    'start-saga': {
      trigger: {
        kind: 'stream',
        changes: [{ event: 'INSERT' }, { event: 'MODIFY', becomes: { status: 'CANCELLING' } }],
        batchSize: 10,
      },
      timeoutSeconds: 30,
      starts: ['place-order', 'cancel-order'],
    },
    'relay-events': { trigger: { kind: 'relay', batchSize: 100 }, timeoutSeconds: 30 },
    'confirm-order': {
      trigger: { kind: 'step', name: 'ConfirmOrder', command: PlacedOrder, result: Nothing },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'abandon-order': {
      trigger: {
        kind: 'step',
        name: 'AbandonOrder',
        command: OrderRef,
        result: v.strictObject({ outcome: v.picklist(['happened', 'abandoned']) }),
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'reject-order': {
      trigger: {
        kind: 'step',
        name: 'RejectOrder',
        command: v.strictObject({ ...OrderOwner, failure: Failure }),
        result: Nothing,
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'park-order': {
      trigger: {
        kind: 'step',
        name: 'ParkOrder',
        command: v.strictObject({
          ...OrderOwner,
          saga: OrderSagaName,
          failure: Failure,
          failedUndos: v.pipe(v.array(v.string()), v.maxLength(20)),
        }),
        result: Nothing,
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'keep-order': {
      trigger: { kind: 'step', name: 'KeepOrder', command: OrderRef, result: Nothing },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'complete-cancellation': {
      trigger: { kind: 'step', name: 'CompleteCancellation', command: v.strictObject(OrderOwner), result: Nothing },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'sweep-orders': {
      trigger: { kind: 'schedule', everyMinutes: 1 },
      timeoutSeconds: 55,
      table: ['BatchGetItem', 'UpdateItem'],
      indexes: { byStatus: ['Query'] },
      repairs: ['place-order', 'cancel-order'],
    },
    'list-sagas': {
      trigger: {
        kind: 'query',
        input: v.strictObject({
          status: SagaStatus,
          limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
          cursor: v.optional(PageCursor),
        }),
        output: v.strictObject({ items: v.array(SagaSummary), nextCursor: v.optional(PageCursor) }),
      },
      timeoutSeconds: 10,
      table: ['BatchGetItem'],
      indexes: { byStatus: ['Query'] },
    },
    'get-saga': {
      trigger: {
        kind: 'query',
        input: OrderRef,
        output: v.variant('found', [
          v.strictObject({ found: v.literal(false) }),
          v.strictObject({
            found: v.literal(true),
            orderId: OrderId,
            status: SagaStatus,
            /** In the order in which they were started; the oldest repairs of many are left out. */
            executions: v.array(v.strictObject({ machine: MachineName, name: v.string(), startedAt: Timestamp })),
          }),
        ]),
      },
      timeoutSeconds: 5,
      table: ['GetItem'],
    },
    'redrive-saga': {
      trigger: {
        kind: 'query',
        input: OrderRef,
        output: v.strictObject({ outcome: v.picklist(['started', 'running', 'nothing', 'unknown']) }),
      },
      timeoutSeconds: 15,
      table: ['GetItem', 'UpdateItem'],
      undoes: ['place-order'],
      repairs: ['cancel-order'],
    },
    'get-payment-token': {
      trigger: { kind: 'query', input: OrderRef, output: v.strictObject({ token: PaymentToken }) },
      timeoutSeconds: 5,
      table: ['GetItem'],
    },
    'get-address': {
      trigger: { kind: 'query', input: OrderRef, output: Address },
      timeoutSeconds: 5,
      table: ['GetItem'],
    },
    health: {
      trigger: { kind: 'query', input: Nothing, output: Nothing },
      timeoutSeconds: 3,
      table: ['GetItem'],
    },
  },
});

/**
 * What the saga knows of an order: the input of its executions, which their histories keep for 90 days. So there is no payment
 * token and no address in it; the steps that need them ask for them by the order's id.
 */
export interface PlaceOrderInput {
  readonly orderId: string;
  readonly customerId: string;
  readonly lines: ReadonlyArray<{ readonly sku: string; readonly quantity: number }>;
  readonly totalCents: number;
  readonly currency: string;
}
