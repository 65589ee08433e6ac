import type { ChoiceState, State, WaitState } from './definition';
import type { Step, Visit } from './interpreter';
import { StateError, stateErrors } from './state-error';
import { leave } from './state-exit';
import { runTask } from './task-state';

/** Runs one visit of a state that does not end the execution by failing it. */
export async function runState(state: Exclude<State, { Type: 'Fail' }>, visit: Visit): Promise<Step> {
  switch (state.Type) {
    case 'Task':
      return runTask(state, visit);
    case 'Wait':
      return runWait(state, visit);
    case 'Choice':
      await visit.save();
      return runChoice(state, visit);
    case 'Pass':
      await visit.save();
      return leave(state, '', visit, state.Next);
    case 'Succeed':
      await visit.save();
      return leave(state, '', visit, undefined);
  }
}

async function runChoice(state: ChoiceState, visit: Visit): Promise<Step> {
  for (const [index, rule] of state.Choices.entries()) {
    const location = `Choices[${index}]/Condition`;
    if (await visit.evaluateAs('boolean', rule.Condition, location))
      return leave(rule, `Choices[${index}]/`, visit, rule.Next);
  }
  if (state.Default === undefined) {
    const cause = `Choice state '${visit.position.stateName}' has no rule that holds for its input, and no Default.`;
    throw new StateError(stateErrors.noChoiceMatched, cause);
  }
  // The fields of the state itself count only when no rule holds.
  return leave(state, '', visit, state.Default);
}

async function runWait(state: WaitState, visit: Visit): Promise<Step> {
  // After a restart the end that was fixed on entering holds: the time the room was closed counts as waited.
  visit.position.resumeAtMs ??= await wakeTime(state, visit);
  await visit.save();
  await visit.waitUntilResume();
  return leave(state, '', visit, state.Next);
}

/** A date and time with offset, as the `Timestamp` of a Wait state has it. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const MAX_WAIT_SECONDS = 99_999_999;

async function wakeTime(state: WaitState, visit: Visit): Promise<number> {
  const { clock } = visit.ports;
  if (state.Timestamp !== undefined) {
    const timestamp = await visit.evaluate(state.Timestamp, 'Timestamp');
    const atMs = TIMESTAMP.test(String(timestamp)) ? Date.parse(String(timestamp)) : Number.NaN;
    if (!Number.isNaN(atMs)) return atMs;
    const what = 'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string';
    throw visit.invalid('Timestamp', `${what}: ${timestamp}`);
  }
  const seconds = (await visit.evaluateAs('number', state.Seconds, 'Seconds')) as number;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > MAX_WAIT_SECONDS) {
    const what = `The Seconds field must be an integer from 0 to ${MAX_WAIT_SECONDS}`;
    throw visit.invalid('Seconds', `${what}, got ${seconds}`);
  }
  return clock.now() + seconds * 1000;
}
