import * as v from 'valibot';
import { MAX_UNIT_PRICE_CENTS } from '../../lib/money';
import { defineService } from '../../lib/service/contract';
import { on } from '../../lib/service/event-contract';
import { Currency, Integer, Nothing, OrderId, Sku, Timestamp, text, wholeNumber } from '../../lib/service/schemas';
import { orderConfirmed } from '../orders/events';

const MAX_ON_HAND = 1_000_000_000;

export const StockItemBody = v.strictObject({
  name: text(1, 200),
  unitPriceCents: wholeNumber(0, MAX_UNIT_PRICE_CENTS),
  currency: Currency,
  onHand: wholeNumber(0, MAX_ON_HAND),
});

/** What is known of one SKU: `available = onHand - reserved`. */
export const StockItem = v.strictObject({
  sku: Sku,
  name: v.string(),
  unitPriceCents: Integer,
  currency: Currency,
  onHand: Integer,
  reserved: Integer,
  available: Integer,
  updatedAt: Timestamp,
});

/** The lines of an order as the saga names them: each SKU once. */
const Lines = v.pipe(
  v.array(v.strictObject({ sku: Sku, quantity: wholeNumber(1, 1000) })),
  v.minLength(1),
  v.maxLength(20),
);

export const inventory = defineService({
  name: 'inventory',
  version: '1.0.0',
  summary: 'Keeps the stock: what is there, what is reserved, what it costs.',
  table: { partitionKey: 'sku' },
  handlers: {
    'get-stock-item': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/inventory/{sku}',
            operationId: 'getStockItem',
            summary: 'What is there of one SKU',
            scope: 'inventory:read',
            pathParameters: { sku: Sku },
            answers: { 200: { description: 'The stock item', body: StockItem } },
            problems: [404],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['GetItem'],
    },
    'put-stock-item': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'PUT',
            path: '/v1/inventory/{sku}',
            operationId: 'putStockItem',
            summary: 'Set name, price and count of one SKU',
            scope: 'inventory:write',
            pathParameters: { sku: Sku },
            body: StockItemBody,
            answers: {
              200: { description: 'The changed stock item', body: StockItem },
              201: { description: 'The new stock item', body: StockItem },
            },
            problems: [409],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'price-items': {
      trigger: {
        kind: 'query',
        input: v.strictObject({ skus: v.pipe(v.array(Sku), v.minLength(1), v.maxLength(20)) }),
        output: v.strictObject({
          /** The known SKUs only, in no particular order. */
          prices: v.array(v.strictObject({ sku: Sku, unitPriceCents: Integer, currency: Currency })),
        }),
      },
      timeoutSeconds: 5,
      table: ['BatchGetItem'],
    },
    'reserve-stock': {
      trigger: {
        kind: 'step',
        name: 'ReserveStock',
        command: v.strictObject({ orderId: OrderId, lines: Lines }),
        result: Nothing,
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'release-stock': {
      trigger: {
        kind: 'step',
        name: 'ReleaseStock',
        command: v.strictObject({ orderId: OrderId, lines: Lines }),
        result: Nothing,
      },
      timeoutSeconds: 10,
      table: ['UpdateItem'],
    },
    'return-stock': {
      trigger: {
        kind: 'step',
        name: 'ReturnStock',
        command: v.strictObject({ orderId: OrderId, lines: Lines }),
        result: Nothing,
      },
      timeoutSeconds: 10,
      table: ['PutItem', 'UpdateItem'],
    },
    'sell-stock': {
      trigger: { kind: 'events', consumes: [on(orderConfirmed, 2)], batchSize: 10, maximumConcurrency: 5 },
      timeoutSeconds: 30,
      table: ['UpdateItem'],
    },
    health: {
      trigger: { kind: 'query', input: Nothing, output: Nothing },
      timeoutSeconds: 3,
      table: ['GetItem'],
    },
  },
});
