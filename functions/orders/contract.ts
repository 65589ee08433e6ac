import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import {
  Currency,
  Integer,
  Nothing,
  OrderId,
  PageCursor,
  PageLimit,
  Sku,
  Timestamp,
  text,
  wholeNumber,
} from '../../lib/service/schemas';
import { isCountryCode } from './country';

/** Lines of one order, and pieces of one line. */
export const MAX_LINES = 20;
export const MAX_QUANTITY = 1000;

/** Stands for a card at the payment provider: 1 to 200 visible ASCII characters. */
const PaymentToken = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/));

/** Where a parcel goes. */
export const Address = v.strictObject({
  name: text(1, 100),
  line1: text(1, 200),
  line2: v.optional(text(1, 200)),
  city: text(1, 100),
  postalCode: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9 -]{0,19}$/)),
  country: v.pipe(v.string(), v.regex(/^[A-Z]{2}$/), v.check(isCountryCode, 'must be an ISO 3166-1 country code')),
});

export type Address = v.InferOutput<typeof Address>;

export const CreateOrderBody = v.strictObject({
  items: v.pipe(
    v.array(v.strictObject({ sku: Sku, quantity: wholeNumber(1, MAX_QUANTITY) })),
    v.minLength(1),
    v.maxLength(MAX_LINES),
  ),
  payment: v.strictObject({ token: PaymentToken }),
  shipTo: Address,
});

export const OrderStatus = v.picklist(['PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION']);

export const RejectionCode = v.picklist([
  'OUT_OF_STOCK',
  'UNKNOWN_SKU',

  'PAYMENT_DECLINED',
  'PAYMENT_UNAVAILABLE',
  'SHIPPING_REFUSED',
  'SHIPPING_UNAVAILABLE',
  'SERVICE_UNAVAILABLE',
]);

export const Order = v.strictObject({
  orderId: OrderId,
  status: OrderStatus,
  items: v.array(v.strictObject({ sku: Sku, quantity: Integer, unitPriceCents: Integer })),
  totalCents: Integer,
  currency: Currency,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  rejection: v.optional(v.strictObject({ code: RejectionCode, step: v.string(), detail: v.string() })),
});

/** Why the saga gave up, as its state machine reports it: the refusing step, our code for it, and the raw cause. */
const Failure = v.strictObject({
  code: RejectionCode,
  step: v.pipe(v.string(), v.maxLength(80)),
  error: v.pipe(v.string(), v.maxLength(256)),
  cause: v.optional(v.string()),
});

const OrderRef = v.strictObject({ orderId: OrderId });

export const orders = defineService({
  name: 'orders',
  version: '1.0.0',
  summary: 'Takes orders and knows what became of them; starts and ends the place-order saga.',
  table: {
    partitionKey: 'orderId',
    indexes: { byCustomer: { partitionKey: 'customerId', sortKey: 'createdAt' } },
    stream: true,
  },
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
    'start-saga': {
      trigger: { kind: 'stream', eventNames: ['INSERT'], batchSize: 10 },
      timeoutSeconds: 30,
      starts: ['place-order'],
    },
    'confirm-order': {
      trigger: { kind: 'step', name: 'ConfirmOrder', command: OrderRef, result: Nothing },
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
        command: v.strictObject({ orderId: OrderId, failure: Failure }),
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
          orderId: OrderId,
          failure: Failure,
          failedUndos: v.pipe(v.array(v.string()), v.maxLength(20)),
        }),
        result: Nothing,
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
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
