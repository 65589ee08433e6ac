import {
  PaymentDeclinedError,
  type PaymentRow,
  ProviderUnavailableError,
  TRANSITIONS,
  toPayment,
} from '../../../functions/payments/domain';
import { statesBefore } from '../../../lib/table/dynamodb-transition';

function aRow(overrides: Partial<PaymentRow> = {}): PaymentRow {
  return {
    orderId: 'ord_1',
    customerId: 'alice',
    status: 'CAPTURED',
    amountCents: 2400,
    refundedCents: 0,
    currency: 'EUR',
    updatedAt: '2026-01-01T00:00:00.000Z',
    providerKey: 'ord_1/ChargePayment',
    ...overrides,
  };
}

describe('the states of a payment', () => {
  test('end at REFUNDED and VOIDED', () => {
    expect(TRANSITIONS.REFUNDED).toEqual([]);
    expect(TRANSITIONS.VOIDED).toEqual([]);
  });

  test('lead to CAPTURED and DECLINED only from INTENT', () => {
    expect(statesBefore(TRANSITIONS, 'CAPTURED')).toEqual(['INTENT']);
    expect(statesBefore(TRANSITIONS, 'DECLINED')).toEqual(['INTENT']);
  });

  test('lead to the undo from wherever the charge has got to', () => {
    expect(statesBefore(TRANSITIONS, 'CANCELLING')).toEqual(['INTENT', 'CAPTURED', 'DECLINED']);
  });

  test('lead to REFUNDED and VOIDED only through the undo', () => {
    expect(statesBefore(TRANSITIONS, 'REFUNDED')).toEqual(['CANCELLING']);
    expect(statesBefore(TRANSITIONS, 'VOIDED')).toEqual(['CANCELLING']);
  });
});

describe('a payment in the API', () => {
  test('shows what the interface promises and nothing else', () => {
    expect(toPayment(aRow())).toEqual({
      orderId: 'ord_1',
      status: 'CAPTURED',
      amountCents: 2400,
      refundedCents: 0,
      currency: 'EUR',
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
  });

  test.each<[string, Partial<PaymentRow>, string]>([
    ['is pending until the provider has answered', { status: 'INTENT' }, 'PENDING'],
    ['is still captured while it is being refunded', { status: 'CANCELLING', cancelledFrom: 'CAPTURED' }, 'CAPTURED'],
    [
      'is still pending while an unknown charge is undone',
      { status: 'CANCELLING', cancelledFrom: 'INTENT' },
      'PENDING',
    ],
    ['is declined while a declined charge is undone', { status: 'CANCELLING', cancelledFrom: 'DECLINED' }, 'DECLINED'],
    ['stays declined after its undo', { status: 'VOIDED', cancelledFrom: 'DECLINED' }, 'DECLINED'],
    ['is void when nothing was charged', { status: 'VOIDED', cancelledFrom: 'INTENT' }, 'VOIDED'],
    ['is refunded when it was', { status: 'REFUNDED', cancelledFrom: 'DECLINED' }, 'REFUNDED'],
  ])('%s', (_, overrides, expected) => {
    expect(toPayment(aRow(overrides)).status).toBe(expected);
  });
});

describe('the errors of a charge', () => {
  test('carry the names that the saga matches', () => {
    expect(new PaymentDeclinedError().name).toBe('PaymentDeclinedError');
    expect(new ProviderUnavailableError('answered 500').name).toBe('ProviderUnavailableError');
  });

  test('tell the log, not the customer, why the provider is unavailable', () => {
    const error = new ProviderUnavailableError('answered 500');

    expect(error.message).not.toContain('500');
    expect(error.cause).toEqual(new Error('answered 500'));
    expect(error.retryable).toBe(true);
  });
});
