import type { Clock } from '../clock';
import type { Definition, Exit, State } from './definition';
import type { History } from './history';
import { alarmAt, type Outcome, unlessInterrupted } from './interruption';
import type { Position } from './journal';
import { type Evaluate, fieldError, type Scope } from './jsonata';
import { MAX_VARIABLES_BYTES, StateError, toLimitedJson } from './state-error';
import { runners } from './states';

/** What an execution needs from outside to run its definition. */
export interface Ports {
  clock: Clock;
  region: string;
  /** In [0, 1). */
  random: () => number;
  evaluate: Evaluate;
  /** Carries out one attempt of a task; its errors are {@link StateError}s. */
  runTask: (taskArguments: unknown) => Promise<unknown>;
  /** Stands around what is done in a state. */
  inState: <T>(state: State, name: string, run: () => Promise<T>) => Promise<T>;
  /** Makes the position and the events so far durable. */
  save: (position: Position) => Promise<void>;
  /** Aborted with an {@link Interrupted}. */
  signal: AbortSignal;
  /** `$states.context.Execution` and `.StateMachine`. */
  context: { Execution: object; StateMachine: object };
  history: History;
}

/**
 * Runs an execution from where it stands to its end. Its position is moved, so that whoever interrupts it knows the state
 * it was in.
 *
 * @throws {Interrupted} when it is stopped, runs out of time or the room closes
 * @see https://states-language.net/spec.html
 */
export async function interpret(definition: Definition, run: { position: Position }, ports: Ports): Promise<Outcome> {
  const { history } = ports;
  try {
    for (;;) {
      const { position } = run;
      const { stateName: name, lastEventId } = position;
      const state = definition.States[name] as State;
      const visit = enter(state, position, ports);
      const { Type } = state;
      if (Type === 'Fail') return end(history, await failureOf(state, visit));
      const { output, json, assigned, next } = await ports.inState(state, name, () => runners[Type](state, visit));
      history.add(`${Type}StateExited`, { name, output: json, assignedVariables: textsOf(assigned) });
      if (next === undefined) {
        history.add('ExecutionSucceeded', { output: json });
        return { status: 'SUCCEEDED', output: json };
      }
      const variables = { ...position.variables, ...assigned };
      run.position = { stateName: next, input: output, variables, retries: [], lastEventId };
    }
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    return end(history, { error: thrown.error, cause: thrown.cause });
  }
}

/** A state that was entered before a restart is gone on with, not entered again. */
function enter(state: State, position: Position, ports: Ports): Visit {
  if (position.entered === undefined) {
    const { history, clock } = ports;
    const details = { name: position.stateName, input: JSON.stringify(position.input) };
    // Step Functions links the first state to event 0 and not to ExecutionStarted.
    const previousEventId = history.lastId === 1 ? 0 : history.lastId;
    const eventId = history.add(`${state.Type}StateEntered`, details, previousEventId);
    position.entered = { eventId, previousEventId, atMs: clock.now() };
  }
  return new Visit(state, position, position.entered, ports);
}

async function failureOf(state: State, visit: Visit): Promise<{ error?: string; cause?: string }> {
  await visit.save();
  const error = await visit.evaluateAs('string', state.Error, 'Error');
  const cause = await visit.evaluateAs('string', state.Cause, 'Cause');
  return { error, cause } as { error?: string; cause?: string };
}

function end(history: History, failure: { error?: string; cause?: string }): Outcome {
  history.add('ExecutionFailed', failure);
  return { status: 'FAILED', ...failure };
}

function textsOf(variables: Record<string, unknown>): Record<string, string> | undefined {
  const texts = Object.entries(variables).map(([name, value]) => [name, JSON.stringify(value)]);
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
}

/** Where a state led: its output, also as JSON, the variables it set, and the next state unless it was the last. */
export interface Step {
  output: unknown;
  json: string;
  assigned: Record<string, unknown>;
  next: string | undefined;
}

type Extra = Pick<Scope['states'], 'result' | 'errorOutput'>;

/** One visit of a state, and what it may do. */
export class Visit {
  constructor(
    private readonly state: State,
    readonly position: Position,
    private readonly entered: NonNullable<Position['entered']>,
    readonly ports: Ports,
  ) {}

  save(): Promise<void> {
    return this.ports.save(this.position);
  }

  /**
   * Evaluates a field of the state.
   *
   * @throws {StateError} which has its event already
   */
  async evaluate(template: unknown, location: string, extra: Extra = {}): Promise<unknown> {
    const { input, variables } = this.position;
    const states = { input, context: this.#context(), ...extra };
    try {
      return await this.ports.evaluate(template, location, { variables, states });
    } catch (thrown) {
      throw thrown instanceof StateError ? this.failed(thrown) : thrown;
    }
  }

  /** Evaluates a field whose value must be of that type, if the state has the field. */
  async evaluateAs(expected: 'boolean' | 'string' | 'number', template: unknown, location: string): Promise<unknown> {
    const value = template === undefined ? undefined : await this.evaluate(template, location);
    if (template === undefined || typeof value === expected) return value;
    const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    const what = `Expected '${expected}', but was '${type}' for value: ${JSON.stringify(value)}`;
    throw this.failed(fieldError(String(template), location, `returned an unexpected result type. ${what}`));
  }

  /** The error of a field that cannot be used, with the words and the event that Step Functions gives it. */
  failed({ cause, location }: Pick<StateError, 'cause' | 'location'>): StateError {
    const { history } = this.ports;
    const { stateName } = this.position;
    const { eventId, previousEventId } = this.entered;
    const where = `An error occurred while executing the state '${stateName}' (entered at the event id #${eventId}).`;
    const error = new StateError('States.QueryEvaluationError', `${where} ${cause}`, location);
    const details = { error: error.error, cause: error.cause, location, state: stateName };
    // What fails before the state has done anything is linked to the event before the state was entered.
    history.add('EvaluationFailed', details, history.lastId === eventId ? previousEventId : history.lastId);
    return error;
  }

  /** Waits until the clock shows `position.resumeAtMs`. */
  async waitUntilResume(): Promise<void> {
    const { clock, signal } = this.ports;
    const { rings, cancel } = alarmAt(clock, this.position.resumeAtMs ?? 0);
    await unlessInterrupted(signal, () => rings).finally(cancel);
    delete this.position.resumeAtMs;
  }

  /**
   * Evaluates the variables and the output with which the state is left. Both see the variables as they were before.
   *
   * `path` is where the fields stand in the state, such as `Catch[0]/`. Without an `Output`, the output is the caught
   * error, the result, or the input, whichever there is first.
   *
   * @throws {StateError} when an expression fails or what it gives exceeds the limit
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
   */
  async leave({ Assign = {}, Output, Next }: Exit, path = '', extra: Extra = {}): Promise<Step> {
    const { input, stateName, variables } = this.position;
    const assigned = (await this.evaluate(Assign, `${path}Assign`, extra)) as Step['assigned'];
    toLimitedJson(assigned, stateName);
    toLimitedJson({ ...variables, ...assigned }, stateName, MAX_VARIABLES_BYTES);
    const { result = input, errorOutput = result } = extra;
    const output = Output === undefined ? errorOutput : await this.evaluate(Output, `${path}Output`, extra);
    return { output, json: toLimitedJson(output, stateName), assigned, next: Next };
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
  #context(): object {
    const { stateName, retries } = this.position;
    const EnteredTime = new Date(this.entered.atMs).toISOString();
    const RetryCount = retries.reduce((sum, count) => sum + count, 0);
    const retry = this.state.Type === 'Task' ? { RetryCount } : {};
    return { ...this.ports.context, State: { Name: stateName, EnteredTime, ...retry } };
  }
}
