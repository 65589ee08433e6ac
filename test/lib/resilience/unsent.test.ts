import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { BulkheadFullError } from '../../../lib/resilience/bulkhead';
import { DeadlineError } from '../../../lib/resilience/deadline';
import { TimeoutError } from '../../../lib/resilience/timeout';
import { isUnsent } from '../../../lib/resilience/unsent';

describe('whether a call was sent', () => {
  it.each([new CircuitOpenError('carrier', 'open', 5), new DeadlineError(0), new BulkheadFullError(1, 0)])(
    'is denied by %s',
    (error) => {
      expect(isUnsent(error)).toBe(true);
    },
  );

  it.each([
    new TimeoutError(5, false),
    new Error('boom'),
    { name: 'CircuitOpenError' },
    'CircuitOpenError',
    null,
    undefined,
  ])('is not denied by %p', (error) => {
    expect(isUnsent(error)).toBe(false);
  });
});
