import type { State } from './definition';
import type { Step, Visit } from './interpreter';
import { StateError } from './state-error';
import { runTask } from './task-state';

/** Runs one visit of a state, by its type. A Succeed state is a Pass state without a next one. */
export const runners = { Task: runTask, Wait: runWait, Choice: runChoice, Pass: runPass, Succeed: runPass };

async function runPass(state: State, visit: Visit): Promise<Step> {
  await visit.save();
  return visit.leave(state);
}

async function runChoice(state: State, visit: Visit): Promise<Step> {
  await visit.save();
  for (const [index, rule] of (state.Choices ?? []).entries()) {
    const path = `Choices[${index}]/`;
    if (await visit.evaluateAs('boolean', rule.Condition, `${path}Condition`)) return visit.leave(rule, path);
  }
  if (state.Default === undefined) {
    const cause = `Choice state '${visit.position.stateName}' has no rule that holds for its input, and no Default.`;
    throw new StateError('States.NoChoiceMatched', cause);
  }
  // The fields of the state itself count only when no rule holds.
  return visit.leave({ ...state, Next: state.Default });
}

async function runWait(state: State, visit: Visit): Promise<Step> {
  // After a restart the end that was fixed on entering holds: the time the room was closed counts as waited.
  visit.position.resumeAtMs ??= await wakeTime(state, visit);
  await visit.save();
  await visit.waitUntilResume();
  return visit.leave(state);
}

/** A date and time with offset, as the `Timestamp` of a Wait state has it. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const MAX_WAIT_SECONDS = 99_999_999;

async function wakeTime(state: State, visit: Visit): Promise<number> {
  if (state.Timestamp !== undefined) {
    const timestamp = String(await visit.evaluate(state.Timestamp, 'Timestamp'));
    const atMs = TIMESTAMP.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
    if (!Number.isNaN(atMs)) return atMs;
    const what = 'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string';
    throw visit.failed({ location: 'Timestamp', cause: `${what}: ${timestamp}` });
  }
  const seconds = (await visit.evaluateAs('number', state.Seconds, 'Seconds')) as number;
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_WAIT_SECONDS) {
    return visit.ports.clock.now() + seconds * 1000;
  }
  const what = `The Seconds field must be an integer from 0 to ${MAX_WAIT_SECONDS}`;
  throw visit.failed({ location: 'Seconds', cause: `${what}, got ${seconds}` });
}
