import type { Definition, State } from '../../../../infra/local/step-functions/definition';
import { History, type HistoryEvent, MAX_EVENTS } from '../../../../infra/local/step-functions/history';
import { interpret, type Ports } from '../../../../infra/local/step-functions/interpreter';
import { Interrupted } from '../../../../infra/local/step-functions/interruption';
import type { Position } from '../../../../infra/local/step-functions/journal';
import { createEvaluate } from '../../../../infra/local/step-functions/jsonata';
import { StateError } from '../../../../infra/local/step-functions/state-error';
import { type ManualClock, manualClock } from '../../../support/manual-clock';
import { PLACE, START_MS } from './bench';

/** A request of `TestState`; members that the API takes as JSON text stand here as what they say. */
export interface TestStateRequest {
  definition: Record<string, unknown>;
  input: unknown;
  variables?: Record<string, unknown>;
  context?: { Execution?: object; StateMachine?: object };
  mock?: { result?: unknown; errorOutput?: { error: string; cause?: string }; fieldValidationMode?: string };
  stateConfiguration?: { retrierRetryCount: number };
}

/** The answer of `TestState` at the inspection level DEBUG, as far as it is compared. */
export interface TestStateAnswer {
  status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  output?: unknown;
  nextState?: string;
  error?: string;
  cause?: string;
  errorDetails?: { catchIndex?: number; retryIndex?: number; retryBackoffIntervalSeconds?: number };
  /** As they are after the state. */
  variables?: Record<string, unknown>;
}

const STATE = 'StateName';

/**
 * Runs one state in our interpreter as the API `TestState` would.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
 */
export async function testState(request: TestStateRequest): Promise<TestStateAnswer> {
  const clock = manualClock(START_MS);
  const events: HistoryEvent[] = [];
  const saved: Position[] = [];
  const history = new History(clock, 1, MAX_EVENTS, (event) => events.push(event));
  const interruption = new AbortController();
  const definition = definitionOf(request.definition);
  const retrierCount = (request.definition.Retry as unknown[] | undefined)?.length ?? 0;
  const position: Position = {
    stateName: STATE,
    input: request.input,
    variables: request.variables ?? {},
    retries: Array.from({ length: retrierCount }, () => request.stateConfiguration?.retrierRetryCount ?? 0),
    lastEventId: 1,
  };
  const before = position.retries;
  const ports: Ports = {
    clock,
    region: PLACE.region,
    random: () => 0.5,
    evaluate: createEvaluate(clock),
    runTask: async () => mocked(request),
    inState: (_state, _name, run) => run(),
    history,
    signal: interruption.signal,
    context: { Execution: {}, StateMachine: {}, ...request.context },
    save: async (at) => {
      await history.save(async () => {});
      saved.push({ ...at });
      // The state is over when another one begins, and when it is to be tried again.
      const isRetry = at.resumeAtMs !== undefined && request.definition.Type === 'Task';
      if (isRetry || at.stateName !== STATE) interruption.abort(new Interrupted());
      interruption.signal.throwIfAborted();
    },
  };
  const ended = interpret(definition, { position }, ports).catch((thrown: unknown) => {
    if (!(thrown instanceof Interrupted)) throw thrown;
  });
  await settled(clock);
  const outcome = await ended;
  await history.save(async () => {});
  const last = saved.at(-1) ?? position;
  return toAnswer(request, { events, last, before, output: outcome?.output });
}

interface Traces {
  events: HistoryEvent[];
  last: Position;
  before: number[];
  output: string | undefined;
}

function toAnswer(request: TestStateRequest, { events, last, before, output }: Traces): TestStateAnswer {
  const failure = events.map(failureOf).find((found) => found !== undefined);
  if (last.resumeAtMs !== undefined && last.stateName === STATE && request.definition.Type === 'Task') {
    const retryIndex = last.retries.findIndex((count, at) => count > (before[at] ?? 0));
    const retryBackoffIntervalSeconds = (last.resumeAtMs - START_MS) / 1000;
    return { status: 'RETRIABLE', ...failure, errorDetails: { retryIndex, retryBackoffIntervalSeconds } };
  }
  const exit = events.find(({ type }) => type.endsWith('StateExited'));
  if (exit === undefined) return { status: 'FAILED', ...(failure ?? {}) };
  const { assignedVariables = {} } = exit.stateExitedEventDetails as { assignedVariables?: Record<string, string> };
  const assigned = Object.entries(assignedVariables).map(([name, text]) => [name, JSON.parse(text) as unknown]);
  const nextState = last.stateName === STATE ? undefined : last.stateName;
  const catchers = (request.definition.Catch ?? []) as Array<{ Next: string }>;
  const answer: TestStateAnswer = {
    status: failure === undefined ? 'SUCCEEDED' : 'CAUGHT_ERROR',
    output: nextState === undefined ? JSON.parse(output ?? 'null') : last.input,
    ...(nextState !== undefined && { nextState }),
    variables: { ...request.variables, ...Object.fromEntries(assigned) },
  };
  if (failure === undefined) return answer;
  return { ...answer, ...failure, errorDetails: { catchIndex: catchers.findIndex(({ Next }) => Next === nextState) } };
}

function failureOf(event: HistoryEvent): { error?: string; cause?: string } | undefined {
  if (!/^(TaskFailed|TaskTimedOut|EvaluationFailed|ExecutionFailed)$/.test(event.type)) return undefined;
  const details = Object.entries(event).find(([member]) => member.endsWith('EventDetails'))?.[1] as Record<
    string,
    string
  >;
  return {
    ...(details.error !== undefined && { error: details.error }),
    ...(details.cause !== undefined && { cause: details.cause }),
  };
}

function mocked({ mock }: TestStateRequest): unknown {
  if (mock?.errorOutput !== undefined) throw new StateError(mock.errorOutput.error, mock.errorOutput.cause);
  return mock?.result;
}

/** A machine of the state and of an end for each state that it names. */
function definitionOf(state: Record<string, unknown>): Definition {
  const targets = [...JSON.stringify(state).matchAll(/"(?:Next|Default)":"(\w+)"/g)].map(([, name]) => [
    name,
    { Type: 'Succeed' },
  ]);
  return { StartAt: STATE, States: { [STATE]: state as unknown as State, ...Object.fromEntries(targets) } };
}

/** Lets a Wait state be over, whatever it waits for. */
async function settled(clock: ManualClock): Promise<void> {
  await clock.advance(5 * 60 * 1000);
}
