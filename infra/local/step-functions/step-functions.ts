/**
 * Step Functions as a room of the local cloud: it runs state machines written in the Amazon States Language with JSONata,
 * on the clock and the store it is given, and answers the service's API.
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error';
import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { callOperation } from './api';
import { stateMachineArn } from './arns';
import { parseDefinition } from './definition';
import { type LoggingConfiguration, NO_LOGGING, type OnExecutionLog } from './execution-log';
import { type Machine, openExecutions } from './executions';
import { openJournal } from './journal';
import { createEvaluate } from './jsonata';
import { type InvokeLambda, lambdaInvoke } from './lambda-invoke';

export { executionArn, stateMachineArn } from './arns';
export type { LoggingConfiguration } from './execution-log';
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
  /** Gets the history events of executions whose machine logs them; after they are durable, if they ever are. */
  onExecutionLog?: OnExecutionLog;
}

/** A state machine of the template; `definition` is its text with all substitutions made. */
export interface StateMachineDefinition {
  name: string;
  definition: string;
  /** The executions of an EXPRESS machine run in memory, for at most five minutes, and end with the process. */
  type: 'STANDARD' | 'EXPRESS';
  roleArn: string;
  /** Nothing is logged unless told. */
  logging?: LoggingConfiguration;
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
  const { store, clock, region, accountId, random = Math.random, onExecutionLog = () => {} } = options;
  const journal = openJournal(store, clock);
  const evaluate = createEvaluate({ clock, random });
  const runTask = lambdaInvoke(options.invokeLambda, random);
  const executions = openExecutions({ journal, clock, region, random, evaluate, runTask, onExecutionLog });
  const machines = new Map<string, Machine>();
  const place = { region, accountId };
  let isClosed = false;

  return {
    createStateMachine({ logging = NO_LOGGING, ...machine }) {
      const { name, definition, roleArn } = machine;
      if (machines.has(name)) throw new Error(`State machine "${name}" exists already`);
      machines.set(name, {
        ...machine,
        logging,
        stateMachineArn: stateMachineArn(place, name),
        createdAtMs: clock.now(),
        parsed: parseDefinition(name, definition),
        revision: `${name}/${createHash('sha256').update(`${roleArn}\n${definition}`).digest('hex')}`,
      });
    },
    async handle(operation, body) {
      if (isClosed) throw new AwsError('ServiceUnavailable', 'Step Functions is shutting down', 503);
      return callOperation(operation, body, { place, clock, random, journal, executions, machines });
    },
    resume: () => executions.resume(),
    async close() {
      isClosed = true;
      await executions.close();
    },
  };
}
