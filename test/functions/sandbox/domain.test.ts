import {
  type CancellableEntry,
  type Message,
  planCharge,
  planParcel,
  ReferenceBlockedError,
  ReferenceTakenError,
  ReplyLostError,
  requireRepeat,
  UnknownTokenError,
} from '../../../functions/sandbox/domain';
import { AppError } from '../../../lib/errors/app-error';
import { IdempotencyKeyReusedError } from '../../../lib/errors/request-errors';

function anEntry(overrides: Partial<CancellableEntry> = {}): CancellableEntry {
  return {
    book: 'charges',
    reference: 'ord_1',
    orderId: 'ord_1',
    status: 'CAPTURED',
    updatedAt: '2026-01-01T00:00:00.000Z',
    idempotencyKey: 'key',
    amountCents: 2400,
    currency: 'EUR',
    ...overrides,
  };
}

describe('a payment token', () => {
  test.each([
    ['tok_ok', 'accept'],
    ['tok_declined', 'decline'],
    ['tok_error', 'fail'],
    ['tok_timeout', 'stay silent'],
    ['tok_lost_reply', 'accept, lose the reply'],
    ['tok_refund_fails', 'accept, fail refunds'],
  ])('%s means: %s, on every attempt', (token, plan) => {
    expect([1, 2, 3].map((attempt) => planCharge(token, attempt))).toEqual([plan, plan, plan]);
  });

  test('tok_flaky means two failures, then a charge', () => {
    const plans = [1, 2, 3, 4].map((attempt) => planCharge('tok_flaky', attempt));

    expect(plans).toEqual(['be unavailable', 'be unavailable', 'accept', 'accept']);
  });

  test.each(['tok_unheard_of', '', 'constructor'])('%j is not known', (token) => {
    expect(() => planCharge(token, 1)).toThrow(UnknownTokenError);
  });

  test('is not repeated in the error that refuses it, which lists those there are', () => {
    const { message } = new UnknownTokenError();

    expect(message).toContain('tok_ok, tok_declined');
  });
});

describe('a postal code', () => {
  test.each([
    ['10115', 'accept'],
    ['00000', 'refuse'],
    ['99999', 'fail'],
    ['99998', 'accept, lose the reply'],
  ])('%s means: %s', (postalCode, plan) => {
    expect(planParcel(postalCode)).toBe(plan);
  });
});

describe('an entry for a reference that is there already', () => {
  test.each<[string, Partial<CancellableEntry>]>([
    ['as it was', {}],
    ['refunded meanwhile', { status: 'REFUNDED' }],
    ['entered at another time', { updatedAt: '2025-01-01T00:00:00.000Z' }],
  ])('repeats one %s', (_, existing) => {
    expect(() => requireRepeat(anEntry(existing), anEntry())).not.toThrow();
  });

  test.each<[string, Partial<CancellableEntry>, new (reference: string) => Error]>([
    ['it was blocked', { status: 'BLOCKED', idempotencyKey: undefined }, ReferenceBlockedError],
    ['it has another key', { idempotencyKey: 'other' }, ReferenceTakenError],
    ['it has the same key for another amount', { amountCents: 1 }, IdempotencyKeyReusedError],
    ['it has the same key for another order', { orderId: 'ord_2' }, IdempotencyKeyReusedError],
  ])('is refused when %s', (_, existing, error) => {
    expect(() => requireRepeat(anEntry(existing), anEntry())).toThrow(error);
  });
});

describe('a message for a reference that is there already', () => {
  const message: Message = {
    book: 'messages',
    reference: 'ntf_1',
    status: 'SENT',
    updatedAt: '2026-01-01T00:00:00.000Z',
    idempotencyKey: 'ntf_1',
    customerId: 'alice',
    type: 'task.created',
    messageHash: 'hash',
  };

  test('repeats the one that was sent', () => {
    expect(() => requireRepeat(message, { ...message, updatedAt: '2026-01-02T00:00:00.000Z' })).not.toThrow();
  });

  test.each<[string, Partial<Message>, new (reference: string) => Error]>([
    ['it has another key', { idempotencyKey: 'other' }, ReferenceTakenError],
    ['it is for another customer', { customerId: 'bob' }, IdempotencyKeyReusedError],
    ['it is of another type', { type: 'task.completed' }, IdempotencyKeyReusedError],
    ['it says something else', { messageHash: 'other' }, IdempotencyKeyReusedError],
  ])('is refused when %s', (_, overrides, error) => {
    expect(() => requireRepeat(message, { ...message, ...overrides })).toThrow(error);
  });
});

describe('a lost reply', () => {
  test('is no error that would be answered', () => {
    const error = new ReplyLostError('ord_1');

    expect(error).not.toBeInstanceOf(AppError);
    expect(error.name).toBe('ReplyLostError');
  });
});
