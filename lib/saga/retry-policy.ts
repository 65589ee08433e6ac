/** How often and how long a command is repeated. Waits are full jitter: a random time up to the one computed. */
export interface RetryPolicy {
  /** The longest wait before the first repeat. */
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  /** Repeats, the first attempt not counted. */
  readonly maxAttempts: number;
  readonly maxDelaySeconds: number;
}

/** A step before the pivot: the customer is waiting, and everything can still be undone. */
export const STEP_RETRY: RetryPolicy = { intervalSeconds: 1, backoffRate: 2, maxAttempts: 3, maxDelaySeconds: 8 };

/** What must come to its end: undos, the pivot's settlement, steps after the pivot, the endings. */
export const UNDO_RETRY: RetryPolicy = { intervalSeconds: 1, backoffRate: 2, maxAttempts: 6, maxDelaySeconds: 20 };

/** A task waits longer than its function may run, so that it seldom gives up on one that is still at work. */
export function taskTimeoutSeconds(functionTimeoutSeconds: number): number {
  return functionTimeoutSeconds + 5;
}

/** The longest time from entering the state to the end of its last attempt: what a command's deadline is made of. */
export function budgetSeconds(policy: RetryPolicy, functionTimeoutSeconds: number): number {
  let waitsSeconds = 0;
  for (let attempt = 0; attempt < policy.maxAttempts; attempt += 1) {
    waitsSeconds += Math.min(policy.intervalSeconds * policy.backoffRate ** attempt, policy.maxDelaySeconds);
  }
  return waitsSeconds + (policy.maxAttempts + 1) * taskTimeoutSeconds(functionTimeoutSeconds);
}

/** The policy as a retrier of the Amazon States Language, for every error that can be caught. */
export function toRetrier(policy: RetryPolicy): object {
  return {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: policy.intervalSeconds,
    BackoffRate: policy.backoffRate,
    MaxAttempts: policy.maxAttempts,
    MaxDelaySeconds: policy.maxDelaySeconds,
    JitterStrategy: 'FULL',
  };
}
