import type { Catcher, Retrier } from './definition';
import { stateErrors } from './state-error';

/** What to do after an error: try again `delayMs` from now, with `retries` as the new count of each retrier. */
export interface Retry {
  delayMs: number;
  retries: number[];
}

/**
 * Finds the first retrier that names the error and tells when to try again; `undefined` when none does or that one is
 * used up. A later retrier never stands in for a used-up earlier one.
 *
 * `retries` counts the attempts each retrier has given so far in this visit of the state, `random` is in [0, 1).
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
 */
export function planRetry(
  retriers: readonly Retrier[],
  error: string,
  retries: readonly number[],
  random: () => number,
): Retry | undefined {
  const index = retriers.findIndex((retrier) => matchesError(retrier.ErrorEquals, error));
  const retrier = retriers[index];
  const used = retries[index] ?? 0;
  if (retrier === undefined || used >= (retrier.MaxAttempts ?? 3)) return undefined;

  const grownSeconds = (retrier.IntervalSeconds ?? 1) * (retrier.BackoffRate ?? 2) ** used;
  const delaySeconds = Math.min(grownSeconds, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const jitter = retrier.JitterStrategy === 'FULL' ? random() : 1;
  return {
    delayMs: Math.round(delaySeconds * 1000 * jitter),
    retries: retriers.map((_, at) => (retries[at] ?? 0) + (at === index ? 1 : 0)),
  };
}

/** The first catcher that names the error, with its place in the list. */
export function findCatcher(
  catchers: readonly Catcher[],
  error: string,
): { catcher: Catcher; index: number } | undefined {
  const index = catchers.findIndex((catcher) => matchesError(catcher.ErrorEquals, error));
  const catcher = catchers[index];
  return catcher && { catcher, index };
}

/**
 * Whether an `ErrorEquals` list takes the error.
 *
 * `States.Runtime` always fails the execution, `States.DataLimitExceeded` is taken by its own name only, and
 * `States.TaskFailed` stands for every error but `States.Timeout`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
 */
export function matchesError(errorEquals: readonly string[], error: string): boolean {
  if (error === stateErrors.runtime) return false;
  if (errorEquals.includes(error)) return true;
  if (error === stateErrors.dataLimitExceeded) return false;
  if (errorEquals.includes(stateErrors.all)) return true;
  return errorEquals.includes(stateErrors.taskFailed) && error !== stateErrors.timeout;
}
