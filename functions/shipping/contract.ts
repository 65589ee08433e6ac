import * as v from 'valibot';
import { defineService } from '../../lib/service/contract';
import { CustomerId, Nothing, OrderId, Timestamp } from '../../lib/service/schemas';

export const Shipment = v.strictObject({
  orderId: OrderId,
  status: v.picklist(['PENDING', 'BOOKED', 'REFUSED', 'CANCELLED']),
  trackingNumber: v.optional(v.string()),
  updatedAt: Timestamp,
});

export const shipping = defineService({
  name: 'shipping',
  version: '1.0.0',
  summary: 'Books and cancels parcels at the carrier, one per order.',
  table: { partitionKey: 'orderId' },
  parties: {
    carrier: { urlContext: 'carrierUrl', standIn: { service: 'sandbox', handler: 'carrier' } },
  },
  handlers: {
    'get-shipment': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/shipments/{orderId}',
            operationId: 'getShipment',
            summary: "The shipment of one of the caller's orders",
            scope: 'shipments:read',
            pathParameters: { orderId: OrderId },
            answers: { 200: { description: 'The shipment', body: Shipment } },
            problems: [404],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['GetItem'],
    },
    'create-shipment': {
      trigger: {
        kind: 'step',
        name: 'CreateShipment',
        command: v.strictObject({ orderId: OrderId, customerId: CustomerId }),
        result: Nothing,
      },
      timeoutSeconds: 20,
      table: ['PutItem', 'UpdateItem'],
      calls: ['orders/get-address'],
      party: 'carrier',
    },
    'cancel-shipment': {
      trigger: {
        kind: 'step',
        name: 'CancelShipment',
        command: v.strictObject({ orderId: OrderId, customerId: CustomerId }),
        result: Nothing,
      },
      timeoutSeconds: 20,
      table: ['UpdateItem'],
      party: 'carrier',
    },
    'settle-cancellation': {
      trigger: {
        kind: 'step',
        name: 'SettleCancellation',
        command: v.strictObject({ orderId: OrderId, customerId: CustomerId }),
        result: v.strictObject({ outcome: v.picklist(['happened', 'abandoned']) }),
      },
      timeoutSeconds: 20,
      table: ['UpdateItem'],
      party: 'carrier',
    },
    'get-handover': {
      trigger: {
        kind: 'query',
        input: v.strictObject({ orderId: OrderId }),
        output: v.strictObject({ handedOver: v.union([v.boolean(), v.literal('unknown')]) }),
      },
      // One call, repeated when the secret has changed, and the secret itself.
      timeoutSeconds: 14,
      party: 'carrier',
    },
    health: {
      trigger: { kind: 'query', input: Nothing, output: Nothing },
      timeoutSeconds: 3,
      table: ['GetItem'],
    },
  },
});
