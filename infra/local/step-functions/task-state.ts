import type { Retrier, State } from './definition';
import type { Step, Visit } from './interpreter';
import { alarmAt, unlessInterrupted } from './interruption';
import { StateError, toLimitedJson } from './state-error';

/**
 * Runs a Task state: attempts until one succeeds, a catcher takes the error, or neither retrier nor catcher does.
 *
 * `Arguments` and `TimeoutSeconds` are evaluated anew for each attempt, as `$states.context.State.RetryCount` in a
 * recorded AWS history shows. A failure while leaving the state counts as a failure of the attempt.
 *
 * @throws {StateError} that nothing took
 */
export async function runTask(state: State, visit: Visit): Promise<Step> {
  const { position, ports } = visit;
  for (;;) {
    // Also the way on after a restart in the middle of a delay.
    if (position.resumeAtMs !== undefined) await visit.waitUntilResume();
    try {
      return await visit.leave(state, '', { result: await attempt(state, visit) });
    } catch (thrown) {
      if (!(thrown instanceof StateError)) throw thrown;
      const retry = planRetry(state.Retry ?? [], thrown.error, position.retries, ports.random);
      if (retry === undefined) return catchError(state, thrown, visit);
      position.retries = retry.retries;
      position.resumeAtMs = ports.clock.now() + retry.delayMs;
      await visit.save();
    }
  }
}

async function catchError({ Catch = [] }: State, thrown: StateError, visit: Visit): Promise<Step> {
  const index = Catch.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, thrown.error));
  const catcher = Catch[index];
  if (catcher === undefined) throw thrown;
  return visit.leave(catcher, `Catch[${index}]/`, { errorOutput: { Error: thrown.error, Cause: thrown.cause ?? '' } });
}

const LAMBDA_INVOKE = { resourceType: 'lambda', resource: 'invoke' };

async function attempt(state: State, visit: Visit): Promise<unknown> {
  const { history, region, signal, runTask } = visit.ports;
  const taskArguments = await visit.evaluate(state.Arguments, 'Arguments');
  const parameters = toLimitedJson(taskArguments, visit.position.stateName);
  const timeoutInSeconds = await timeoutOf(state, visit);

  history.add('TaskScheduled', { ...LAMBDA_INVOKE, region, parameters, timeoutInSeconds });
  history.add('TaskStarted', LAMBDA_INVOKE);
  // From here on others may see an effect: after a crash the store must know that the task may have run.
  await visit.save();
  try {
    const result = await unlessInterrupted(signal, () => limited(runTask(taskArguments), timeoutInSeconds, visit));
    history.add('TaskSucceeded', { ...LAMBDA_INVOKE, output: toLimitedJson(result, 'lambda') });
    return result;
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    const { error, cause } = thrown;
    history.add(error === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed', { ...LAMBDA_INVOKE, error, cause });
    throw thrown;
  }
}

async function timeoutOf({ TimeoutSeconds }: State, visit: Visit): Promise<number | undefined> {
  const seconds = (await visit.evaluateAs('number', TimeoutSeconds, 'TimeoutSeconds')) as number | undefined;
  if (seconds === undefined || (Number.isInteger(seconds) && seconds > 0)) return seconds;
  const cause = `The TimeoutSeconds field must be a positive integer, got ${seconds}`;
  throw visit.failed({ location: 'TimeoutSeconds', cause });
}

/** Races the work against the clock. The work goes on after a timeout, like a real function; its reply is ignored. */
async function limited<T>(work: Promise<T>, timeoutSeconds: number | undefined, visit: Visit): Promise<T> {
  if (timeoutSeconds === undefined) return work;
  const { clock } = visit.ports;
  const { rings, cancel } = alarmAt(clock, clock.now() + timeoutSeconds * 1000);
  const timeout = rings.then(() => {
    throw new StateError('States.Timeout');
  });
  return Promise.race([work, timeout]).finally(cancel);
}

/**
 * Finds the first retrier that names the error: the state is tried again `delayMs` from now, with `retries` as the new
 * count of each retrier. `undefined` when none names it or that one is used up. A later retrier never stands in for a used-up earlier one.
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
): { delayMs: number; retries: number[] } | undefined {
  const index = retriers.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, error));
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

/**
 * Whether an `ErrorEquals` list takes the error.
 *
 * `States.Runtime` always fails the execution, `States.DataLimitExceeded` is taken by its own name only, and
 * `States.TaskFailed` stands for every error but `States.Timeout`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-error-representation
 */
export function matchesError(errorEquals: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  if (errorEquals.includes(error)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  if (errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && error !== 'States.Timeout';
}
