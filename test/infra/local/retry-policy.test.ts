import { AwsError } from '../../../infra/local/aws-error';
import { planRetry } from '../../../infra/local/retry-policy';

const broken = new AwsError('ServiceException', 'broken', 500);
const plan = (attempts: number, random: number, nowMs = 0, retryPolicy = {}) =>
  planRetry({ retryPolicy, attempts, acceptedAtMs: 0 }, broken, nowMs, random);

describe('the plan for a failed delivery', () => {
  it.each([
    [1, 0, 1000],
    [2, 0, 2000],
    [4, 0, 8000],
    [10, 0, 512_000],
    [11, 0, 600_000],
    [185, 0, 600_000],
    [1, 0.5, 750],
    [11, 0.999, 300_300],
  ])('waits after attempt %i with jitter %d for %i ms', (attempts, random, delayMs) => {
    expect(plan(attempts, random)).toEqual({ dueAtMs: delayMs });
  });

  it('ends after 185 retries and within a day unless told otherwise', () => {
    expect(plan(186, 0)).toEqual({ exhausted: 'MaximumRetryAttempts' });
    expect(plan(1, 0, 86_399_000)).toEqual({ dueAtMs: 86_400_000 });
    expect(plan(1, 0, 86_399_001)).toEqual({ exhausted: 'MaximumEventAgeInSeconds' });
  });

  it('ends at the limits of the policy', () => {
    expect(plan(1, 0, 0, { MaximumRetryAttempts: 0 })).toEqual({ exhausted: 'MaximumRetryAttempts' });
    expect(plan(1, 0, 60_000, { MaximumEventAgeInSeconds: '60' })).toEqual({ exhausted: 'MaximumEventAgeInSeconds' });
  });
});
