/**
 * Step Functions as a room of the local cloud: it runs state machines written in the Amazon States Language with JSONata,
 * on the clock and the store it is given, and answers the service's API.
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { type BeginSpan, openTracing } from '../tracing';
import { callOperation } from './api';
import { stateMachineArn } from './arns';
import { parseDefinition } from './definition';
import { Executions } from './executions';
import type { OnExecutionLog } from './history';
import { Journal, type Machine, type StateMachine } from './journal';
import { createEvaluate } from './jsonata';
import { type InvokeLambda, lambdaInvoke } from './lambda-invoke';

export { executionArn, stateMachineArn } from './arns';
export type { StateMachine } from './journal';
export type { LambdaOutcome } from './lambda-invoke';

/** What a room needs from outside. */
export interface StepFunctionsOptions {
  store: KeyValueStore;
  clock: Clock;
  region: string;
  accountId: string;
  /** In [0, 1), for jitter; `Math.random` unless told. */
  random?: () => number;
  invokeLambda: InvokeLambda;
  /** Begins the spans of executions and their tasks. Default: nothing is recorded. */
  beginSpan?: BeginSpan;
  /** Gets the events that machines log; after they are durable, if they ever are. */
  onExecutionLog?: OnExecutionLog;
}

/** The service of one account and region. */
export interface StepFunctions {
  /**
   * Makes a state machine known. Executions that run already keep the definition they were started with.
   *
   * @throws {Error} when the name is taken, the definition is invalid, or it uses what is not supported, by name
   */
  createStateMachine(machine: StateMachine): void;
  /**
   * Answers a request of the AWSStepFunctions protocol. `traceHeader` is its `X-Amzn-Trace-Id`, which counts for more than the
   * member of that name: so says AWS.
   *
   * @throws {AwsError} as the service answers it; `UnknownOperationException` for an operation not supported here
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html#StepFunctions-StartExecution-request-traceHeader
   */
  handle(
    operation: string,
    body: Record<string, unknown>,
    request?: { traceHeader?: string | undefined },
  ): Promise<Record<string, unknown>>;
  /** Goes on with the executions that were running when the store was last in use; their current task may run again. */
  resume(): Promise<void>;
  /** Takes no further step. What runs stays RUNNING in the store; requests from now on are refused. */
  close(): Promise<void>;
}

/** Opens the room on its store. Nothing runs before `resume` or a request. */
export async function openStepFunctions(options: StepFunctionsOptions): Promise<StepFunctions> {
  const { store, clock, region, accountId, random = Math.random, onExecutionLog = () => {} } = options;
  const place = { region, accountId };
  const journal = new Journal(store);
  const evaluate = createEvaluate(clock);
  const runTask = lambdaInvoke(options.invokeLambda);
  const beginSpan = options.beginSpan ?? openTracing(clock);
  const executions = new Executions({ journal, clock, region, random, evaluate, runTask, beginSpan, onExecutionLog });
  const machines = new Map<string, Machine>();
  let isClosed = false;

  return {
    createStateMachine(machine) {
      const { name, definition } = machine;
      const arn = stateMachineArn(place, name);
      if (machines.has(arn)) throw new Error(`State machine "${name}" exists already`);
      parseDefinition(name, definition);
      const digest = createHash('sha256').update(JSON.stringify(machine)).digest('hex');
      const added = { stateMachineArn: arn, createdAtMs: clock.now(), revision: `${name}/${digest}` };
      machines.set(arn, { ...machine, ...added });
    },
    async handle(operation, body, { traceHeader } = {}) {
      if (isClosed) throw new AwsError('ServiceUnavailable', 'Step Functions is shutting down', 503);
      const isStart = /^Start(Sync)?Execution$/.test(operation);
      const request = isStart && traceHeader !== undefined ? { ...body, traceHeader } : body;
      return callOperation(operation, request, { place, clock, journal, executions, machines });
    },
    resume: () => executions.resume(),
    async close() {
      isClosed = true;
      await executions.close();
    },
  };
}
