/** How often something is repeated, and how long before. Waits are full jitter: a random time up to the one computed. */
export interface Backoff {
  /** The longest wait before the first repeat. */
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  /** Repeats, the first attempt not counted. */
  readonly maxAttempts: number;
  readonly maxDelaySeconds: number;
}

/** How often and how long a command is repeated. */
export interface RetryPolicy extends Backoff {
  /**
   * Further repeats, counted by themselves, for attempts that the circuit to an outside party refuses. For commands that must come to
   * their end: a row before the pivot and the pivot are given up instead. Default: a refused attempt counts as a failed one.
   */
  readonly whileOpen?: Backoff;
}

/** A step before the pivot: the customer is waiting, and everything can still be undone. */
export const STEP_RETRY: RetryPolicy = { intervalSeconds: 1, backoffRate: 2, maxAttempts: 3, maxDelaySeconds: 8 };

/** What must come to its end: undos, the pivot's settlement, steps after the pivot, the endings. */
export const UNDO_RETRY: RetryPolicy = { intervalSeconds: 1, backoffRate: 2, maxAttempts: 6, maxDelaySeconds: 20 };

/**
 * What must come to its end and calls an outside party. While its circuit is open, 20 minutes on the average of the jitter; that the waits
 * of an order together are shorter than ten minutes, half of that, is less likely than one in a million.
 */
export const PARTY_UNDO_RETRY: RetryPolicy = {
  ...UNDO_RETRY,
  whileOpen: { intervalSeconds: 2, backoffRate: 2, maxAttempts: 44, maxDelaySeconds: 60 },
};

/** A task waits longer than its function may run, so that it seldom gives up on one that is still at work. */
export function taskTimeoutSeconds(functionTimeoutSeconds: number): number {
  return functionTimeoutSeconds + 5;
}

/** The longest waits before the first repeat, the second, and so on. */
export function waitsSeconds({ intervalSeconds, backoffRate, maxAttempts, maxDelaySeconds }: Backoff): number[] {
  return Array.from({ length: maxAttempts }, (_, repeat) =>
    Math.min(intervalSeconds * backoffRate ** repeat, maxDelaySeconds),
  );
}

/**
 * What the repeats that are left wait together, on the average of the jitter: before the first repeat, after it, and so on. After the
 * last it is nothing.
 */
export function waitsLeftMs(backoff: Backoff): number[] {
  const waits = waitsSeconds(backoff);
  return [...waits, 0].map((_, repeats) => Math.round((sum(waits.slice(repeats)) * 1000) / 2));
}

/**
 * The longest time from entering the state to the end of its last attempt: what a command's deadline is made of. An attempt that
 * a circuit refuses takes no time to speak of, but nothing keeps it from taking all that its task has.
 */
export function budgetSeconds(policy: RetryPolicy, functionTimeoutSeconds: number): number {
  const waits = [...waitsSeconds(policy), ...(policy.whileOpen ? waitsSeconds(policy.whileOpen) : [])];
  return sum(waits) + (waits.length + 1) * taskTimeoutSeconds(functionTimeoutSeconds);
}

/**
 * The policy as retriers of the Amazon States Language. Each counts its own repeats. The first that names an error is the one that
 * deals with it, also when its repeats are used up, so the one for every error that can be caught comes last.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
 */
export function toRetriers(policy: RetryPolicy): object[] {
  const { whileOpen } = policy;
  return [...(whileOpen ? [toRetrier(['CircuitOpenError'], whileOpen)] : []), toRetrier(['States.ALL'], policy)];
}

function toRetrier(errors: readonly string[], backoff: Backoff): object {
  return {
    ErrorEquals: errors,
    IntervalSeconds: backoff.intervalSeconds,
    BackoffRate: backoff.backoffRate,
    MaxAttempts: backoff.maxAttempts,
    MaxDelaySeconds: backoff.maxDelaySeconds,
    JitterStrategy: 'FULL',
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
