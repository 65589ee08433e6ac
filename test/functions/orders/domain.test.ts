import {
  type OrderStatus,
  requireDistinctSkus,
  TRANSITIONS,
  toOrder,
  toRejection,
} from '../../../functions/orders/domain';
import { statesBefore } from '../../../lib/table/dynamodb-transition';
import { anOrder, SHOWN } from './an-order';

describe('the states of an order', () => {
  test.each<OrderStatus>(['REJECTED', 'CANCELLED'])('end at %s', (status) => {
    expect(TRANSITIONS[status]).toEqual([]);
  });

  test('lead from CONFIRMED nowhere but to being cancelled', () => {
    expect(TRANSITIONS.CONFIRMED).toEqual(['CANCELLING']);
  });

  test('lead to CONFIRMED, and back to it when a cancellation came too late', () => {
    expect(statesBefore(TRANSITIONS, 'CONFIRMED')).toEqual(['PENDING', 'CANCELLING', 'NEEDS_ATTENTION']);
  });

  test('lead out of NEEDS_ATTENTION once everything is undone', () => {
    expect(statesBefore(TRANSITIONS, 'REJECTED')).toEqual(['PENDING', 'NEEDS_ATTENTION']);
    expect(statesBefore(TRANSITIONS, 'CANCELLED')).toEqual(['PENDING', 'CANCELLING', 'NEEDS_ATTENTION']);
  });
});

describe('the lines of an order', () => {
  test('may name different SKUs', () => {
    const lines = [
      { sku: 'MUG-01', quantity: 1 },
      { sku: 'TEA-01', quantity: 1 },
    ];

    expect(() => requireDistinctSkus(lines)).not.toThrow();
  });

  test('may not name a SKU twice; each repeat is told', () => {
    const lines = ['A', 'B', 'A', 'A'].map((sku) => ({ sku, quantity: 1 }));

    expect(() => requireDistinctSkus(lines)).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        errors: [
          { path: 'items[2].sku', message: 'must not repeat a line before it, got "A"' },
          { path: 'items[3].sku', message: 'must not repeat a line before it, got "A"' },
        ],
      }),
    );
  });
});

describe('an order in the API', () => {
  test('shows what the interface promises, and neither the token nor the address', () => {
    expect(toOrder(anOrder())).toEqual(SHOWN);
  });

  test('has its members in one order, whatever the order in which the table gives them back', () => {
    const reordered = anOrder({ items: [{ unitPriceCents: 1200, quantity: 2, sku: 'MUG-01' }] });

    expect(JSON.stringify(toOrder(reordered))).toBe(JSON.stringify(toOrder(anOrder())));
  });

  test('is confirmed to the customer until it is cancelled', () => {
    expect(toOrder(anOrder({ status: 'CANCELLING' })).status).toBe('CONFIRMED');
  });

  test('says why it was rejected', () => {
    const rejection = { code: 'OUT_OF_STOCK', step: 'ReserveStock', detail: '2 of MUG-01 asked for, 1 available' };

    expect(toOrder(anOrder({ status: 'REJECTED', rejection }))).toEqual({ ...SHOWN, status: 'REJECTED', rejection });
  });
});

describe('what the customer is told of a failure', () => {
  const refusal = {
    code: 'OUT_OF_STOCK',
    step: 'ReserveStock',
    error: 'StockInsufficientError',
    cause: JSON.stringify({ errorType: 'StockInsufficientError', errorMessage: '2 of MUG-01 asked for, 1 available' }),
  };

  test('is the message of a refusal', () => {
    expect(toRejection(refusal)).toEqual({
      code: 'OUT_OF_STOCK',
      step: 'ReserveStock',
      detail: '2 of MUG-01 asked for, 1 available',
    });
  });

  test('is not the message of an outage', () => {
    const outage = { ...refusal, code: 'PAYMENT_UNAVAILABLE', step: 'ChargePayment' };

    expect(toRejection(outage).detail).toBe('ChargePayment could not be carried out');
  });

  test.each([
    ['there is no cause', undefined],
    ['the cause is not JSON', 'Task timed out'],
    ['the cause has no message', '{"errorType":"Error"}'],
  ])('is that the step was refused when %s', (_, cause) => {
    expect(toRejection({ ...refusal, cause: cause as string }).detail).toBe('ReserveStock was refused');
  });

  test('is at most 300 characters long', () => {
    const cause = JSON.stringify({ errorMessage: 'x'.repeat(400) });

    expect(toRejection({ ...refusal, cause }).detail).toHaveLength(300);
  });
});
