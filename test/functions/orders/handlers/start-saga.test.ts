import '../../../support/environment';
import { startSagaOf } from '../../../../functions/orders/handlers/start-saga';
import { ORDER_ID } from '../../../support/a-command';
import { anOrder } from '../an-order';

describe('starting the saga of an order', () => {
  const change = { after: anOrder() };

  test('names the execution after the order and gives it what the steps need', async () => {
    const start = jest.fn(async () => undefined);

    await startSagaOf(start)(change);

    expect(start.mock.calls).toEqual([
      [
        ORDER_ID,
        {
          orderId: ORDER_ID,
          customerId: 'alice',
          lines: [{ sku: 'MUG-01', quantity: 2 }],
          totalCents: 2400,
          currency: 'EUR',
        },
      ],
    ]);
  });

  test('fails for a change without an image, rather than passing an order over', async () => {
    const start = jest.fn(async () => undefined);

    await expect(startSagaOf(start)({})).rejects.toThrow('no image');
    expect(start).not.toHaveBeenCalled();
  });

  test('fails with the start, so that the record comes again', async () => {
    const start = () => Promise.reject(new Error('throttled'));

    await expect(startSagaOf(start)(change)).rejects.toThrow('throttled');
  });
});
