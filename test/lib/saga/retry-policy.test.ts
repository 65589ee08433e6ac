import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import {
  type Backoff,
  budgetSeconds,
  PARTY_UNDO_RETRY,
  type RetryPolicy,
  STEP_RETRY,
  taskTimeoutSeconds,
  toRetriers,
  UNDO_RETRY,
  waitsLeftMs,
  waitsSeconds,
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

  it.each<[name: string, backoff: Backoff, left: number[]]>([
    ['a step: waits of 1, 2, 4 s', STEP_RETRY, [3500, 3000, 2000, 0]],
    ['an undo: waits of 1, 2, 4, 8, 16, 20 s', UNDO_RETRY, [25_500, 25_000, 24_000, 22_000, 18_000, 10_000, 0]],
    ['what is not repeated', { ...STEP_RETRY, maxAttempts: 0 }, [0]],
    [
      'waits that are no whole milliseconds',
      { intervalSeconds: 1, backoffRate: 1.15, maxAttempts: 3, maxDelaySeconds: 8 },
      [1736, 1236, 661, 0],
    ],
  ])('leaves to the repeats half of their longest waits: %s', (_, backoff, left) => {
    expect(waitsLeftMs(backoff)).toEqual(left);
  });

  it('is written as a retrier for every error, with full jitter', () => {
    expect(toRetriers(STEP_RETRY)).toEqual([
      {
        ErrorEquals: ['States.ALL'],
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxAttempts: 3,
        MaxDelaySeconds: 8,
        JitterStrategy: 'FULL',
      },
    ]);
  });
});

describe('the policy for what must come to its end and calls a party', () => {
  const { whileOpen = STEP_RETRY, ...otherwise } = PARTY_UNDO_RETRY;

  it('repeats a failure as often as everything that must come to its end', () => {
    expect(otherwise).toEqual(UNDO_RETRY);
  });

  it('has a retrier for attempts that the circuit refuses, before the one for every error', () => {
    const refused = new CircuitOpenError('payments-provider', 'open', 1000).name;

    expect(toRetriers(PARTY_UNDO_RETRY)).toEqual([
      {
        ErrorEquals: [refused],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxAttempts: 44,
        MaxDelaySeconds: 60,
        JitterStrategy: 'FULL',
      },
      ...toRetriers(UNDO_RETRY),
    ]);
  });

  it('waits for 20 minutes on the average, 40 at the longest, and never more than a minute before it asks again', () => {
    const waits = waitsSeconds(whileOpen);

    expect(waits.slice(0, 7)).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect(waitsLeftMs(whileOpen)[0]).toBe(1_201_000);
    expect(waits.reduce((sum, wait) => sum + wait)).toBe(2402);
  });

  it('waits for ten minutes, but for one order in a million: five standard deviations below the average is more', () => {
    const waits = waitsSeconds(whileOpen);
    const average = waits.reduce((sum, wait) => sum + wait / 2, 0);
    // The variance of a number that is evenly spread from 0 to the wait.
    const deviation = Math.sqrt(waits.reduce((sum, wait) => sum + wait ** 2 / 12, 0));

    expect(average - 5 * deviation).toBeGreaterThan(600);
  });

  it('has a budget in which every attempt may take its time, those that are refused included', () => {
    // 51 attempts; waits of 51 s and 2,402 s.
    expect(budgetSeconds(PARTY_UNDO_RETRY, 10)).toBe(51 * 15 + 51 + 2402);
    expect(budgetSeconds(PARTY_UNDO_RETRY, 20)).toBe(51 * 25 + 51 + 2402);
  });
});
