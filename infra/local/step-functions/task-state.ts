import type { TaskState } from './definition';
import { scheduledDetails, taskFailure, taskStartedDetails, taskSucceededDetails } from './history';
import type { Step, Visit } from './interpreter';
import { alarmAt } from './interruption';
import { findCatcher, planRetry } from './retry';
import { StateError, stateErrors, toLimitedJson } from './state-error';
import { leave } from './state-exit';

/**
 * Runs a Task state: attempts until one succeeds, a catcher takes the error, or neither retrier nor catcher does.
 *
 * `Arguments` and `TimeoutSeconds` are evaluated anew for each attempt, as `$states.context.State.RetryCount` in a
 * recorded AWS history shows. A failure while leaving the state counts as a failure of the attempt.
 *
 * @throws {StateError} that nothing took
 */
export async function runTask(state: TaskState, visit: Visit): Promise<Step> {
  const { position, ports } = visit;
  for (;;) {
    // Also the way on after a restart in the middle of a delay.
    if (position.resumeAtMs !== undefined) await visit.waitUntilResume();
    try {
      const result = await attempt(state, visit);
      const step = await leave(state, '', visit, state.Next, { result });
      toLimitedJson(step.output, position.stateName);
      return step;
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

async function catchError(state: TaskState, thrown: StateError, visit: Visit): Promise<Step> {
  const found = findCatcher(state.Catch ?? [], thrown.error);
  if (found === undefined) throw thrown;
  const errorOutput = { Error: thrown.error, Cause: thrown.cause ?? '' };
  return leave(found.catcher, `Catch[${found.index}]/`, visit, found.catcher.Next, { errorOutput });
}

async function attempt(state: TaskState, visit: Visit): Promise<unknown> {
  const { history, region, interruption, runTask } = visit.ports;
  const taskArguments = await visit.evaluate(state.Arguments, 'Arguments');
  const parameters = toLimitedJson(taskArguments, visit.position.stateName);
  const timeoutSeconds = await timeoutOf(state, visit);

  history.add('TaskScheduled', scheduledDetails(parameters, region, timeoutSeconds));
  history.add('TaskStarted', taskStartedDetails());
  // From here on others may see an effect: after a crash the store must know that the task may have run.
  await visit.save();
  try {
    const result = await interruption.during(() => limited(() => runTask(taskArguments), timeoutSeconds, visit));
    history.add('TaskSucceeded', taskSucceededDetails(toLimitedJson(result, 'lambda')));
    return result;
  } catch (thrown) {
    if (thrown instanceof StateError) history.add(...taskFailure(thrown));
    throw thrown;
  }
}

async function timeoutOf(state: TaskState, visit: Visit): Promise<number | undefined> {
  if (state.TimeoutSeconds === undefined) return undefined;
  const seconds = (await visit.evaluateAs('number', state.TimeoutSeconds, 'TimeoutSeconds')) as number;
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  throw visit.invalid('TimeoutSeconds', `The TimeoutSeconds field must be a positive integer, got ${seconds}`);
}

/** Races the work against the clock. The work goes on after a timeout, like a real function; its reply is ignored. */
async function limited<T>(work: () => Promise<T>, timeoutSeconds: number | undefined, visit: Visit): Promise<T> {
  if (timeoutSeconds === undefined) return work();
  const { clock } = visit.ports;
  let cancel = () => {};
  const timeout = new Promise<never>((_, reject) => {
    cancel = alarmAt(clock, clock.now() + timeoutSeconds * 1000, () => reject(new StateError(stateErrors.timeout)));
  });
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    cancel();
  }
}
