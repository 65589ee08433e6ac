import {
  budgetSeconds,
  type RetryPolicy,
  STEP_RETRY,
  taskTimeoutSeconds,
  toRetrier,
  UNDO_RETRY,
} from '../../../lib/saga/retry-policy';

describe('a retry policy', () => {
  it('gives a task five seconds more than its function', () => {
    expect(taskTimeoutSeconds(10)).toBe(15);
  });

  it.each<[name: string, policy: RetryPolicy, functionTimeoutSeconds: number, budget: number]>([
    ['a step of 10 s: waits of 1, 2, 4 s and 4 attempts of 15 s', STEP_RETRY, 10, 67],
    ['a step of 15 s: waits of 1, 2, 4 s and 4 attempts of 20 s', STEP_RETRY, 15, 87],
    ['an undo of 10 s: waits of 1, 2, 4, 8, 16, 20 s and 7 attempts of 15 s', UNDO_RETRY, 10, 156],
    ['an undo of 15 s: waits of 1, 2, 4, 8, 16, 20 s and 7 attempts of 20 s', UNDO_RETRY, 15, 191],
    [
      'a policy that repeats nothing: one attempt',
      { intervalSeconds: 1, backoffRate: 2, maxAttempts: 0, maxDelaySeconds: 8 },
      10,
      15,
    ],
    [
      'a rate of 1: waits that are all alike',
      { intervalSeconds: 3, backoffRate: 1, maxAttempts: 4, maxDelaySeconds: 8 },
      1,
      42,
    ],
  ])('has the budget of %s', (_, policy, functionTimeoutSeconds, budget) => {
    expect(budgetSeconds(policy, functionTimeoutSeconds)).toBe(budget);
  });

  it('is written as a retrier for every error, with full jitter', () => {
    expect(toRetrier(STEP_RETRY)).toEqual({
      ErrorEquals: ['States.ALL'],
      IntervalSeconds: 1,
      BackoffRate: 2,
      MaxAttempts: 3,
      MaxDelaySeconds: 8,
      JitterStrategy: 'FULL',
    });
  });
});
