import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { ServiceUnavailableError } from '../../../lib/errors/request-errors';
import { parseRetryAfter, retryAfterMsOf } from '../../../lib/resilience/retry-after';

describe('when an error asks to come back', () => {
  it.each([
    ['of an open circuit, to the millisecond', new CircuitOpenError('carrier', 'open', 1_234), 1_234],
    ['of a service that is down, in its seconds', new ServiceUnavailableError('stock'), 2_000],
    ['at once', { retryAfterMs: 0 }, 0],
  ])('is what it says: %s', (_, error, delayMs) => {
    expect(retryAfterMsOf(error)).toBe(delayMs);
  });

  it.each([
    ['a circuit that an operator keeps open', new CircuitOpenError('carrier', 'isolated')],
    ['a plain error', new Error('boom')],
    ['a delay below 0', { retryAfterMs: -1 }],
    ['a delay that never ends', { retryAfterMs: Number.POSITIVE_INFINITY }],
    ['a delay that is no number', { retryAfterMs: Number.NaN, retryAfterSeconds: '5' }],
    ['a string', 'boom'],
    ['null', null],
    ['undefined', undefined],
  ])('is not said by %s', (_, error) => {
    expect(retryAfterMsOf(error)).toBeUndefined();
  });
});

describe('a Retry-After header', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ])('of %p is %d ms', (header, delayMs) => {
    expect(parseRetryAfter(header, now)).toBe(delayMs);
  });

  it.each(['', '-1', '2.5', '1e3', '99999999999', 'soon', 'Sun, 99 Mar 2026 12:00:30 GMT', '2026-03-01T12:00:30Z'])(
    'of %p says nothing',
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined();
    },
  );
});
