import type { Clock } from '../clock';
import type { Definition, State } from './definition';
import { enteredDetails, evaluationFailedDetails, exitedDetails, failureFields, type History } from './history';
import { alarmAt, type Interruption } from './interruption';
import type { ExecutionStatus, Position } from './journal';
import { type Evaluate, queryError, type Scope, typeError } from './jsonata';
import { StateError, toLimitedJson } from './state-error';
import { runState } from './states';

/** What an execution needs from outside to run its definition. */
export interface Ports {
  clock: Clock;
  region: string;
  /** In [0, 1). */
  random: () => number;
  evaluate: Evaluate;
  /** Carries out one attempt of a task; its errors are {@link StateError}s. */
  runTask: (taskArguments: unknown) => Promise<unknown>;
  /** Makes the position and the events so far durable. */
  save: (position: Position) => Promise<void>;
  interruption: Interruption<unknown>;
  /** `$states.context.Execution` and `.StateMachine`. */
  context: { Execution: object; StateMachine: object };
  history: History;
}

/** How an execution ended by itself. */
export interface Outcome {
  status: Extract<ExecutionStatus, 'SUCCEEDED' | 'FAILED'>;
  output?: string;
  error?: string;
  cause?: string;
}

/** Where a state led: its output, the variables it set, and the next state unless it was the last. */
export interface Step {
  output: unknown;
  assigned: Record<string, unknown>;
  next: string | undefined;
}

/** One visit of a state, and what it may do. */
export interface Visit {
  position: Position;
  ports: Ports;
  /** Evaluates a field of the state; a failure gets its event. */
  evaluate(template: unknown, location: string, extra?: Extra): Promise<unknown>;
  /** Evaluates a field whose value must be of that type. */
  evaluateAs(expected: 'boolean' | 'string' | 'number', template: unknown, location: string): Promise<unknown>;
  /** The error of a field whose value is of no use, with its event. */
  invalid(location: string, what: string): StateError;
  save(): Promise<void>;
  /** Waits until the clock shows `position.resumeAtMs`. */
  waitUntilResume(): Promise<void>;
}

type Extra = Pick<Scope['states'], 'result' | 'errorOutput'>;

/** Where an execution stands; moved by the interpreter, so that whoever interrupts it knows the state it was in. */
export interface Cursor {
  position: Position;
}

/**
 * Runs an execution from where its cursor stands to its end.
 *
 * @throws {Interrupted} when it is stopped, runs out of time or the room closes
 * @see https://states-language.net/spec.html
 */
export async function interpret(definition: Definition, cursor: Cursor, ports: Ports): Promise<Outcome> {
  try {
    for (;;) {
      const { position } = cursor;
      const state = definition.States[position.stateName] as State;
      enter(state, position, ports);
      const visit = visitOf(state, position, ports);
      if (state.Type === 'Fail') return await fail(state, visit);
      const step = await runState(state, visit);
      const output = toLimitedJson(step.output, position.stateName);
      ports.history.add(`${state.Type}StateExited`, exitedDetails(position.stateName, output, step.assigned));
      if (step.next === undefined) {
        ports.history.addLast('ExecutionSucceeded', {
          executionSucceededEventDetails: { output, outputDetails: { truncated: false } },
        });
        return { status: 'SUCCEEDED', output };
      }
      cursor.position = nextPosition(position, step, step.next);
    }
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    return failed(ports.history, thrown.error, thrown.cause);
  }
}

function nextPosition(position: Position, step: Step, stateName: string): Position {
  const variables = { ...position.variables, ...step.assigned };
  return { stateName, input: step.output, variables, retries: [], lastEventId: position.lastEventId };
}

/** A state that was entered before a restart is gone on with, not entered again. */
function enter(state: State, position: Position, ports: Ports): void {
  if (position.entered !== undefined) return;
  const { history, clock } = ports;
  const input = JSON.stringify(position.input);
  // Step Functions links the first state to event 0 and not to ExecutionStarted.
  const previousEventId = history.lastId === 1 ? 0 : history.lastId;
  const eventId = history.add(`${state.Type}StateEntered`, enteredDetails(position.stateName, input), previousEventId);
  position.entered = { eventId, previousEventId, atMs: clock.now() };
}

function visitOf(state: State, position: Position, ports: Ports): Visit {
  const { clock, history, interruption } = ports;
  const entered = position.entered as NonNullable<Position['entered']>;
  const scope = (extra: Extra = {}): Scope => ({
    stateName: position.stateName,
    enteredEventId: entered.eventId,
    variables: position.variables,
    states: {
      input: position.input,
      // Few expressions look at it.
      get context() {
        return contextOf(state, position, ports);
      },
      ...extra,
    },
  });
  const recorded = (error: StateError, previousEventId = history.lastId): StateError => {
    history.add('EvaluationFailed', evaluationFailedDetails(position.stateName, error), previousEventId);
    return error;
  };
  // An expression that fails before the state has done anything is linked to the event before the state was entered.
  const cause = () => (history.lastId === entered.eventId ? entered.previousEventId : history.lastId);
  return {
    position,
    ports,
    async evaluate(template, location, extra) {
      try {
        return await ports.evaluate(template, location, scope(extra));
      } catch (thrown) {
        throw thrown instanceof StateError ? recorded(thrown, cause()) : thrown;
      }
    },
    async evaluateAs(expected, template, location) {
      const value = await this.evaluate(template, location);
      if (typeof value === expected) return value;
      throw recorded(typeError(scope(), location, template, expected, value), cause());
    },
    invalid: (location, what) => recorded(queryError(scope(), location, what)),
    save: () => ports.save(position),
    async waitUntilResume() {
      let cancel = () => {};
      const alarm = () =>
        new Promise<void>((resolve) => {
          cancel = alarmAt(clock, position.resumeAtMs ?? 0, resolve);
        });
      await interruption.during(alarm).finally(() => cancel());
      delete position.resumeAtMs;
    },
  };
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
function contextOf(state: State, position: Position, ports: Ports): object {
  const EnteredTime = new Date(position.entered?.atMs ?? 0).toISOString();
  const RetryCount = position.retries.reduce((sum, count) => sum + count, 0);
  const retry = state.Type === 'Task' ? { RetryCount } : {};
  return { ...ports.context, State: { Name: position.stateName, EnteredTime, ...retry } };
}

async function fail(state: Extract<State, { Type: 'Fail' }>, visit: Visit): Promise<Outcome> {
  await visit.save();
  const text = async (field: 'Error' | 'Cause') =>
    state[field] === undefined ? undefined : ((await visit.evaluateAs('string', state[field], field)) as string);
  const error = await text('Error');
  return failed(visit.ports.history, error, await text('Cause'));
}

function failed(history: History, error?: string, cause?: string): Outcome {
  const fields = failureFields(error, cause);
  history.addLast('ExecutionFailed', { executionFailedEventDetails: fields });
  return { status: 'FAILED', ...fields };
}
