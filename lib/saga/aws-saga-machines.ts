import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { requireEnv } from '../env';
import { ENV, type MachineRole, type Workflow } from '../service/names';

/** What is known of an execution by its name. */
export type ExecutionState = 'running' | 'ended' | 'absent';

/** The largest input that is sent. Step Functions takes 256 KB for all data of an execution; references need a fraction of it. */
const MAX_INPUT_BYTES = 32 * 1024;

/** What an execution is started with beside its input. */
export interface StartOptions {
  /** X-Ray's header of the span that starts it: the execution, and what it calls, are in that trace. */
  readonly traceHeader?: string;
}

/** The state machines of one saga. */
export interface SagaMachines {
  /** How the saga's own machine is deployed; those that repair and undo are always standard ones. */
  readonly workflow: Workflow;
  /**
   * Starts an execution under a name. When a standard machine has had one of that name in the last 90 days, nothing happens,
   * which makes the start exactly once. An Express machine starts one each time.
   *
   * @throws {Error} when the input is larger than 32 KB
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
   */
  start(role: MachineRole, name: string, input: object, options?: StartOptions): Promise<void>;
  /** Whether there is an execution of that name, and whether it runs. Only standard machines can tell. */
  find(role: MachineRole, name: string): Promise<ExecutionState>;
}

/** Opens the machines of a saga that the environment names. Made once, at INIT. */
export function openSagaMachines(saga: string): SagaMachines {
  const client = new SFNClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
  const variables: Record<MachineRole, string> = {
    main: ENV.stateMachineArn(saga),
    repair: ENV.repairMachineArn(saga),
    undo: ENV.undoMachineArn(saga),
  };
  const arnOf = (role: MachineRole) => requireEnv(variables[role]);
  return {
    workflow: requireEnv(ENV.workflow) as Workflow,
    async start(role, name, input, { traceHeader } = {}) {
      const text = JSON.stringify(input);
      const bytes = Buffer.byteLength(text);
      if (bytes > MAX_INPUT_BYTES) {
        throw new Error(`the input of ${saga} ${name} must have at most ${MAX_INPUT_BYTES} bytes, got ${bytes}`);
      }
      try {
        const request = { stateMachineArn: arnOf(role), name, input: text };
        const command = new StartExecutionCommand({ ...request, ...(traceHeader !== undefined && { traceHeader }) });
        if (traceHeader !== undefined) setTraceHeader(command, traceHeader);
        await client.send(command);
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    async find(role, name) {
      const executionArn = `${arnOf(role).replace(':stateMachine:', ':execution:')}:${name}`;
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        return status === 'RUNNING' || status === 'PENDING_REDRIVE' ? 'running' : 'ended';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'absent';
        throw error;
      }
    },
  };
}

/**
 * In a function the SDK sends the header of the invocation's own trace with every request that has none, and to Step Functions a
 * header counts for more than the member `traceHeader`.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
function setTraceHeader(command: StartExecutionCommand, traceHeader: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['X-Amzn-Trace-Id'] = traceHeader;
      return next(args);
    },
    { step: 'build', name: 'traceHeader' },
  );
}
