/**
 * Step Functions as a room of the local cloud: it runs state machines written in the Amazon States Language with JSONata,
 * on the clock and the store it is given, and answers the service's API.
 */
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { callOperation } from './api';
import { stateMachineArn } from './arns';
import { parseDefinition } from './definition';
import { type Machine, openExecutions } from './executions';
import { openJournal } from './journal';
import { createEvaluate } from './jsonata';
import { type InvokeLambda, lambdaInvoke } from './lambda-invoke';

export { executionArn, stateMachineArn } from './arns';
export type { InvokeLambda, LambdaOutcome } from './lambda-invoke';

/** What a room needs from outside. */
export interface StepFunctionsOptions {
  store: KeyValueStore;
  clock: Clock;
  region: string;
  accountId: string;
  /** In [0, 1), for jitter, `$random`, `$uuid` and generated execution names; `Math.random` unless told. */
  random?: () => number;
  invokeLambda: InvokeLambda;
}

/** A state machine of the template; `definition` is its text with all substitutions made. */
export interface StateMachineDefinition {
  name: string;
  definition: string;
  type: 'STANDARD';
  roleArn: string;
}

/** The service of one account and region. */
export interface StepFunctions {
  /**
   * Makes a state machine known. Executions that run already keep the definition they were started with.
   *
   * @throws {Error} when the name is taken, the definition is invalid, or it uses what is not supported, by name
   */
  createStateMachine(definition: StateMachineDefinition): void;
  /**
   * Answers a request of the AWSStepFunctions protocol.
   *
   * @throws {AwsError} as the service answers it; `UnknownOperationException` for an operation not supported here
   */
  handle(operation: string, body: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Goes on with the executions that were running when the store was last in use; their current task may run again. */
  resume(): Promise<void>;
  /** Takes no further step. What runs stays RUNNING in the store; requests from now on are refused. */
  close(): Promise<void>;
}

/** Opens the room on its store. Nothing runs before `resume` or a request. */
export async function openStepFunctions(options: StepFunctionsOptions): Promise<StepFunctions> {
  const { store, clock, region, accountId, random = Math.random, invokeLambda } = options;
  const journal = openJournal(store);
  const evaluate = createEvaluate({ clock, random });
  const executions = openExecutions({ journal, clock, region, random, evaluate, runTask: lambdaInvoke(invokeLambda) });
  const machines = new Map<string, Machine>();
  const place = { region, accountId };
  let isClosed = false;

  return {
    createStateMachine({ name, definition, type, roleArn }) {
      if (machines.has(name)) throw new Error(`State machine "${name}" exists already`);
      if (type !== 'STANDARD') throw new Error(`State machine "${name}": type ${type} is not supported, only STANDARD`);
      const parsed = parseDefinition(name, definition);
      const arn = stateMachineArn(place, name);
      machines.set(name, { stateMachineArn: arn, name, roleArn, definition, createdAtMs: clock.now(), parsed });
    },
    async handle(operation, body) {
      if (isClosed) throw new AwsError('ServiceUnavailable', 'Step Functions is shutting down', 503);
      return callOperation(operation, body, { place, random, journal, executions, machines });
    },
    resume: () => executions.resume(),
    async close() {
      isClosed = true;
      await executions.close();
    },
  };
}
