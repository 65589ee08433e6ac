import fc from 'fast-check';
import { RetryBudget } from '../../../lib/resilience/retry-budget';

/** Takes retries until one is refused; answers how many were granted. */
function spend(budget: RetryBudget): number {
  let granted = 0;
  while (budget.takeRetry()) granted += 1;
  return granted;
}

describe('a retry budget', () => {
  it('has 500 tokens, pays 35 retries with them and then no more', () => {
    const budget = new RetryBudget();

    expect(budget.tokens).toBe(500);
    expect(spend(budget)).toBe(35);
    expect(budget.tokens).toBe(10);
    expect(budget.canRetry()).toBe(false);
  });

  it('pays the next retry after 14 calls that have succeeded at once', () => {
    const budget = new RetryBudget({ capacity: 14 });
    spend(budget);

    for (let call = 1; call < 14; call += 1) budget.succeeded(false);
    expect(budget.canRetry()).toBe(false);

    budget.succeeded(false);
    expect(spend(budget)).toBe(1);
  });

  it('has the cost back of a retry that has succeeded', () => {
    const budget = new RetryBudget();
    budget.takeRetry();

    budget.succeeded(true);

    expect(budget.tokens).toBe(500);
  });

  it('takes nothing for the question whether there is enough', () => {
    const budget = new RetryBudget({ capacity: 14 });

    expect([budget.canRetry(), budget.canRetry(), budget.tokens]).toEqual([true, true, 14]);
  });

  it('is never below nothing nor above its capacity, and grants a retry only when it can pay for it, whatever comes', () => {
    const events = fc.array(fc.constantFrom('take', 'success', 'retried'), { maxLength: 300 });
    const sizes = fc
      .record({
        capacity: fc.integer({ min: 1, max: 200 }),
        cost: fc.integer({ min: 1, max: 200 }),
        refund: fc.nat(200),
      })
      .filter(({ capacity, cost, refund }) => cost <= capacity && refund <= capacity);
    fc.assert(
      fc.property(sizes, events, ({ capacity, cost, refund }, happened) => {
        const budget = new RetryBudget({ capacity, retryCost: cost, successRefund: refund });
        for (const event of happened) {
          const before = budget.tokens;
          if (event === 'take') expect(budget.takeRetry()).toBe(before >= cost);
          else budget.succeeded(event === 'retried');
          expect(budget.tokens).toBeGreaterThanOrEqual(0);
          expect(budget.tokens).toBeLessThanOrEqual(capacity);
        }
      }),
    );
  });

  it.each([
    [{ capacity: 0 }, 'capacity must be an integer from 1 to 100000, got 0'],
    [{ capacity: 10, retryCost: 11 }, 'retryCost must be an integer from 1 to 10, got 11'],
    [{ retryCost: 0 }, 'retryCost must be an integer from 1 to 500, got 0'],
    [{ successRefund: -1 }, 'successRefund must be a number from 0 to 500, got -1'],
  ])('refuses %j', (options, message) => {
    expect(() => new RetryBudget(options)).toThrow(message);
  });
});
