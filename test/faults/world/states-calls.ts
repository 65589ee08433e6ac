import type { Fate } from '../fates';
import type { Crossings } from './crossings';
import type { Invocation, Surroundings } from './environment';
import type { Executions } from './executions';
import { parseExecutionArn } from './machines';
import { noAnswer, type Retrying, serviceError, toSdkError, withSdkRetries } from './sdk-calls';

type Wire = Record<string, unknown>;

/** The longest wait for one answer that the clients of Step Functions allow. */
const TIMEOUT_MS = 3_000;

/** What calls of Step Functions need. */
export interface StatesCallsOptions {
  readonly crossings: Crossings;
  readonly executions: () => Executions;
  readonly retrying: (invocation: Invocation) => Retrying;
}

/** How functions call Step Functions. */
export function statesCalls(options: StatesCallsOptions): Surroundings['states'] {
  const { crossings, retrying } = options;
  // Traces are no part of the simulation: their ids are random.
  return (invocation, operation, { traceHeader: _, ...request }) => {
    const { phase } = invocation;
    const orderId = executionOrderOf(request) ?? invocation.orderId;
    const name = `${operation} ${machineOf(request)}`;
    const attempt = () =>
      crossings.cross({
        call: { edge: 'states', name, phase, ...(orderId !== undefined && { orderId }) },
        perform: (fate) => carryOut(options, invocation, operation, request, fate),
        carriesOut: operation === 'StartExecution' ? ['twin'] : [],
        toError: (error) => toSdkError(serviceError(error)),
        timeLimitMs: TIMEOUT_MS,
        toTimeOut: noAnswer,
      });
    return withSdkRetries(attempt, retrying(invocation));
  };
}

async function carryOut(
  { executions, retrying }: StatesCallsOptions,
  invocation: Invocation,
  operation: string,
  request: Wire,
  fate: Fate,
): Promise<Wire> {
  try {
    const answer = await executions().handle(operation, request);
    if (fate.kind === 'twin') {
      await startTwin(executions(), request, () => retrying(invocation).wait(fate.afterMs));
    }
    return withDates(answer);
  } catch (error) {
    throw toSdkError(error);
  }
}

/** A second execution of the same input: at once and under the same name where names need not be unique, else by hand. */
async function startTwin(executions: Executions, request: Wire, byHand: () => Promise<void>): Promise<void> {
  if (executions.isExpress(String(request.stateMachineArn))) await executions.handle('StartExecution', request);
  else void byHand().then(() => executions.handle('StartExecution', { ...request, name: `by-hand-${request.name}` }));
}

function executionOrderOf({ name, executionArn, input }: Wire): string | undefined {
  if (typeof input === 'string') return (JSON.parse(input) as { orderId?: string }).orderId;
  const execution = name ?? (executionArn === undefined ? undefined : parseExecutionArn(String(executionArn)).name);
  return typeof execution === 'string' ? execution.replace(/-\d+$/, '') : undefined;
}

/** The state machine without the system's name and stage, such as `place-order`. */
function machineOf({ stateMachineArn, executionArn }: Wire): string {
  const machine = stateMachineArn ? String(stateMachineArn).split(':').at(-1) : undefined;
  return (machine ?? parseExecutionArn(String(executionArn)).machine).replace(/^holdfast-[^-]+-/, '');
}

/** The SDK makes dates of the seconds that are on the wire. */
function withDates(answer: Wire): Wire {
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [
      name,
      /Date$/.test(name) && typeof value === 'number' ? new Date(value * 1000) : value,
    ]),
  );
}
