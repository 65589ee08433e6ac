import { matchesError, planRetry } from '../../../../infra/local/step-functions/task-state';

const half = () => 0.5;

describe('matchesError', () => {
  it.each([
    ['Broken', ['Broken'], true],
    ['Broken', ['Other'], false],
    ['Broken', ['States.ALL'], true],
    ['Broken', ['States.TaskFailed'], true],
    ['States.Timeout', ['States.TaskFailed'], false],
    ['States.Timeout', ['States.ALL'], true],
    ['States.Timeout', ['States.Timeout'], true],
    ['States.QueryEvaluationError', ['States.ALL'], true],
    ['States.DataLimitExceeded', ['States.ALL'], false],
    ['States.DataLimitExceeded', ['States.TaskFailed'], false],
    ['States.DataLimitExceeded', ['States.DataLimitExceeded'], true],
    ['States.Runtime', ['States.ALL'], false],
    ['States.Runtime', ['States.Runtime'], false],
  ])('of %s with %j is %s', (error, errorEquals, expected) => {
    expect(matchesError(errorEquals, error)).toBe(expected);
  });
});

describe('planRetry', () => {
  it('has the defaults of the States Language: three attempts after 1, 2 and 4 seconds', () => {
    const retriers = [{ ErrorEquals: ['E'] }];

    const delays = [[0], [1], [2], [3]].map((used) => planRetry(retriers, 'E', used, half)?.delayMs);

    expect(delays).toEqual([1000, 2000, 4000, undefined]);
  });

  it('does not go on to a later retrier when the first that matches is used up', () => {
    const retriers = [{ ErrorEquals: ['E'], MaxAttempts: 1 }, { ErrorEquals: ['States.ALL'] }];

    expect(planRetry(retriers, 'E', [1, 0], half)).toBeUndefined();
  });

  it('counts only the retrier that matches', () => {
    const retriers = [{ ErrorEquals: ['A'] }, { ErrorEquals: ['B'] }];

    expect(planRetry(retriers, 'B', [2], half)?.retries).toEqual([2, 1]);
  });

  it('draws the delay between nothing and the capped interval under full jitter', () => {
    const retriers = [
      { ErrorEquals: ['E'], IntervalSeconds: 10, MaxDelaySeconds: 15, JitterStrategy: 'FULL' as const },
    ];

    expect(planRetry(retriers, 'E', [1], half)?.delayMs).toBe(7500);
    expect(planRetry(retriers, 'E', [1], () => 0)?.delayMs).toBe(0);
  });
});
