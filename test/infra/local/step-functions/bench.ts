import type { TaskCaller } from '../../../../infra/local/step-functions/lambda-invoke';
import type { LambdaOutcome, StateMachine, StepFunctions } from '../../../../infra/local/step-functions/step-functions';
import { openStepFunctions } from '../../../../infra/local/step-functions/step-functions';
import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import type { EndedSpan } from '../../../../infra/local/tracing';
import { type ManualClock, manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { recordSpans } from '../recorded-spans';

/** A room on a manual clock, with the state machine `machine` of the given states. */
export interface Bench {
  room: StepFunctions;
  clock: ManualClock;
  store: KeyValueStore;
  /** Every invocation in order, with its time since the start in milliseconds. */
  calls: Array<{ functionName: string; payload: unknown; atMs: number }>;
  /** On whose behalf each was made. */
  callers: TaskCaller[];
  /** What was recorded of executions and tasks. */
  spans: EndedSpan[];
  /** Every document that was logged, with its log group. */
  logs: Array<Record<string, unknown>>;
  /** Starts the machine and lets it run as far as it comes without the clock; answers the execution's ARN. */
  start(input?: unknown, name?: string): Promise<string>;
  describe(arn: string): Promise<Record<string, unknown>>;
  events(arn: string): Promise<Event[]>;
  /** Starts the machine, moves the clock by `ms` and describes the execution, output and input parsed. */
  run(input?: unknown, ms?: number): Promise<Record<string, unknown>>;
}

export interface Event {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: string]: unknown;
}

export type FakeFunction = (payload: unknown, call: number) => LambdaOutcome | Promise<LambdaOutcome>;

export const START_MS = Date.UTC(2030, 0, 1);
export const PLACE = { region: 'eu-central-1', accountId: '111111111111' };
export const ROLE = 'arn:aws:iam::111111111111:role/machine';
export const MACHINE_ARN = 'arn:aws:states:eu-central-1:111111111111:stateMachine:machine';

export interface BenchOptions {
  fake?: FakeFunction;
  random?: () => number;
  store?: KeyValueStore;
  clock?: ManualClock;
  topLevel?: object;
  type?: 'STANDARD' | 'EXPRESS';
  log?: StateMachine['log'];
  isTraced?: boolean;
}

export async function openBench(states: Record<string, object>, options: BenchOptions = {}): Promise<Bench> {
  const {
    fake = () => answer(null),
    random = () => 0.5,
    store = memoryStore(),
    clock = manualClock(START_MS),
  } = options;
  const calls: Bench['calls'] = [];
  const callers: Bench['callers'] = [];
  const logs: Bench['logs'] = [];
  const { spans, beginSpan } = recordSpans(clock);
  const room = await openStepFunctions({
    ...PLACE,
    store,
    clock,
    random,
    beginSpan,
    invokeLambda: async ({ functionNameOrArn, payload, ...caller }) => {
      const call = { functionName: functionNameOrArn, payload: JSON.parse(payload), atMs: clock.now() - START_MS };
      calls.push(call);
      callers.push(caller);
      return fake(call.payload, calls.length);
    },
    onExecutionLog: (logGroupArn, document) => logs.push({ logGroupArn, ...document }),
  });
  const definition = JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: Object.keys(states)[0],
    States: states,
    ...options.topLevel,
  });
  const { type = 'STANDARD', log, isTraced = false } = options;
  room.createStateMachine({ name: 'machine', definition, type, roleArn: ROLE, isTraced, ...(log && { log }) });

  const describe: Bench['describe'] = (executionArn) => room.handle('DescribeExecution', { executionArn });
  let started = 0;
  const start: Bench['start'] = async (input = {}, name = `run-${++started}`) => {
    const body = { stateMachineArn: MACHINE_ARN, input: JSON.stringify(input), name };
    const { executionArn } = await room.handle('StartExecution', body);
    await clock.advance(0);
    return executionArn as string;
  };
  return {
    room,
    clock,
    store,
    calls,
    callers,
    spans,
    logs,
    start,
    describe,
    async events(executionArn) {
      return (await room.handle('GetExecutionHistory', { executionArn, maxResults: 1000 })).events as Event[];
    },
    async run(input, ms = 0) {
      const arn = await start(input);
      await clock.advance(ms);
      const described = await describe(arn);
      return described.output === undefined
        ? described
        : { ...described, output: JSON.parse(described.output as string) };
    },
  };
}

/** A Task state that calls `functionName`, with further fields. */
export function task(functionName: string, fields: object = {}): object {
  const end = 'Next' in fields ? {} : { End: true };
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
    ...end,
    ...fields,
  };
}

export function answer(payload: unknown): LambdaOutcome {
  return { payload: JSON.stringify(payload) };
}

export function failure(errorType: string): LambdaOutcome {
  return { payload: JSON.stringify({ errorType, errorMessage: 'no' }), functionError: 'Unhandled' };
}
