import '../../../support/environment';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { startSagaOf } from '../../../../functions/orders/handlers/start-saga';
import { ORDER_ID } from '../../../support/a-command';
import { anOrder, SHIP_TO } from '../an-order';

describe('starting the saga of an order', () => {
  const record = { dynamodb: { NewImage: marshall(anOrder()) } } as DynamoDBRecord;

  test('names the execution after the order and gives it what the steps need', async () => {
    const start = jest.fn(async () => undefined);

    await startSagaOf(start)(record);

    expect(start.mock.calls).toEqual([
      [
        ORDER_ID,
        {
          orderId: ORDER_ID,
          customerId: 'alice',
          lines: [{ sku: 'MUG-01', quantity: 2 }],
          totalCents: 2400,
          currency: 'EUR',
          payment: { token: 'tok_ok' },
          shipTo: SHIP_TO,
        },
      ],
    ]);
  });

  test('fails with the start, so that the record comes again', async () => {
    const start = () => Promise.reject(new Error('throttled'));

    await expect(startSagaOf(start)(record)).rejects.toThrow('throttled');
  });
});
