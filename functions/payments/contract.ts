import * as v from 'valibot';
import { MAX_TOTAL_CENTS } from '../../lib/money';
import { defineService } from '../../lib/service/contract';
import { Currency, CustomerId, Integer, Nothing, OrderId, Timestamp, wholeNumber } from '../../lib/service/schemas';
import { paymentRefunded } from './events';

export const Payment = v.strictObject({
  orderId: OrderId,
  status: v.picklist(['PENDING', 'CAPTURED', 'DECLINED', 'REFUNDED', 'VOIDED']),
  amountCents: Integer,
  refundedCents: Integer,
  currency: Currency,
  updatedAt: Timestamp,
});

const Amount = {
  orderId: OrderId,
  customerId: CustomerId,
  amountCents: wholeNumber(0, MAX_TOTAL_CENTS),
  currency: Currency,
};

export const payments = defineService({
  name: 'payments',
  version: '1.0.0',
  summary: 'Charges and refunds through the payment provider, once per order.',
  table: { partitionKey: 'orderId', stream: true },
  events: [paymentRefunded],
  parties: {
    provider: { urlContext: 'paymentProviderUrl', standIn: { service: 'sandbox', handler: 'provider' } },
  },
  handlers: {
    'get-payment': {
      trigger: {
        kind: 'http',
        routes: [
          {
            method: 'GET',
            path: '/v1/payments/{orderId}',
            operationId: 'getPayment',
            summary: "The payment of one of the caller's orders",
            scope: 'payments:read',
            pathParameters: { orderId: OrderId },
            answers: { 200: { description: 'The payment', body: Payment } },
            problems: [404],
          },
        ],
      },
      timeoutSeconds: 10,
      table: ['GetItem'],
    },
    'charge-payment': {
      trigger: {
        kind: 'step',
        name: 'ChargePayment',
        command: v.strictObject(Amount),
        result: Nothing,
      },
      timeoutSeconds: 20,
      table: ['PutItem', 'UpdateItem'],
      calls: ['orders/get-payment-token'],
      party: 'provider',
    },
    'refund-payment': {
      trigger: { kind: 'step', name: 'RefundPayment', command: v.strictObject(Amount), result: Nothing },
      timeoutSeconds: 20,
      table: ['UpdateItem'],
      party: 'provider',
    },
    'relay-events': { trigger: { kind: 'relay', batchSize: 100 }, timeoutSeconds: 30 },
    health: {
      trigger: { kind: 'query', input: Nothing, output: Nothing },
      timeoutSeconds: 3,
      table: ['GetItem'],
    },
  },
});
