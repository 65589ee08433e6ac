import type { DynamoDb } from '../../../infra/local/dynamodb/dynamodb';
import { draw } from '../draw';
import type { Fate } from '../fates';
import type { Crossings } from './crossings';
import type { Invocation, Surroundings } from './environment';
import type { Executions } from './executions';
import { parseExecutionArn } from './machines';
import { noAnswer, serviceError, toSdkError, withSdkRetries } from './sdk-calls';
import type { SimulatedClock } from './simulated-clock';
import type { StaleReads } from './stale-reads';

type Wire = Record<string, unknown>;

/** The longest waits for one answer that our clients allow: `openTable` and the clients of Step Functions. */
const TABLE_TIMEOUT_MS = 2_000;
const STATES_TIMEOUT_MS = 3_000;

/** What the functions of all services have around them. */
export interface SurroundingsOptions {
  readonly clock: SimulatedClock;
  readonly seed: number;
  readonly crossings: Crossings;
  readonly db: DynamoDb;
  readonly staleReads: StaleReads;
  readonly executions: () => Executions;
  readonly fetch: Surroundings['fetch'];
  readonly log: Surroundings['log'];
}

/** Makes the surroundings of one service's functions. Tables and Step Functions are called as the SDK calls them. */
export function surroundingsOf(service: string, isOutside: boolean, options: SurroundingsOptions): Surroundings {
  const { clock, seed, crossings, db, staleReads, executions, fetch, log } = options;
  const random = (text: string) => draw(seed, text);
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const retrying = (invocation: Invocation) => ({
    wait,
    random: () => {
      invocation.drawn += 1;
      return random(`${invocation.id} ${invocation.drawn}`);
    },
  });

  async function table(invocation: Invocation, operation: string, request: Wire): Promise<Wire> {
    const isWrite = /Put|Update|Delete|Write/.test(operation);
    const run = async (fate: Fate): Promise<Wire> => {
      if (isWrite && invocation.writes?.left === 0) die(invocation);
      const answer =
        fate.kind === 'stale'
          ? await staleReads.read(operation, request)
          : await db.handle(operation, request).catch((error: unknown) => {
              throw toSdkError(error);
            });
      if (isWrite) noteWrite(invocation);
      return answer;
    };
    // What happens inside of an outside party is not ours to strike.
    if (isOutside) return run({ kind: 'ok' });
    const { phase } = invocation;
    const orderId = orderOf(request) ?? invocation.orderId;
    return withSdkRetries(
      () =>
        crossings.cross({
          call: {
            edge: 'table',
            name: `${service} ${operation}`,
            phase,
            ...(orderId !== undefined && { orderId }),
            isWrite,
          },
          perform: run,
          carriesOut: staleReads.canRead(operation, request) ? ['stale'] : [],
          toError: (error) => toSdkError(serviceError(error)),
          timeLimitMs: TABLE_TIMEOUT_MS,
          toTimeOut: noAnswer,
        }),
      retrying(invocation),
    );
  }

  async function states(invocation: Invocation, operation: string, request: Wire): Promise<Wire> {
    const { phase } = invocation;
    const orderId = executionOrderOf(request) ?? invocation.orderId;
    const run = async (fate: Fate): Promise<Wire> => {
      try {
        const answer = await executions().handle(operation, request);
        if (fate.kind === 'twin') await startTwin(executions(), request, () => wait(fate.afterMs));
        return withDates(answer);
      } catch (error) {
        throw toSdkError(error);
      }
    };
    return withSdkRetries(
      () =>
        crossings.cross({
          call: {
            edge: 'states',
            name: `${operation} ${machineOf(request)}`,
            phase,
            ...(orderId !== undefined && { orderId }),
          },
          perform: run,
          carriesOut: operation === 'StartExecution' ? ['twin'] : [],
          toError: (error) => toSdkError(serviceError(error)),
          timeLimitMs: STATES_TIMEOUT_MS,
          toTimeOut: noAnswer,
        }),
      retrying(invocation),
    );
  }

  return { clock, random, fetch, table, states, log };
}

function noteWrite(invocation: Invocation): void {
  const { writes } = invocation;
  if (!writes) return;
  writes.left -= 1;
  if (writes.left === 0) writes.die();
}

/** The environment dies; nobody is left to hear of it. */
function die({ writes }: Invocation): never {
  writes?.die();
  throw Object.assign(new Error('the function has died'), { name: 'Died' });
}

/** A second execution of the same input: at once and under the same name where names need not be unique, else by hand. */
async function startTwin(executions: Executions, request: Wire, byHand: () => Promise<void>): Promise<void> {
  if (executions.isExpress(String(request.stateMachineArn))) await executions.handle('StartExecution', request);
  else void byHand().then(() => executions.handle('StartExecution', { ...request, name: `by-hand-${request.name}` }));
}

function orderOf({ Key, Item }: Wire): string | undefined {
  const { orderId } = (Key ?? Item ?? {}) as { orderId?: { S?: string } };
  return orderId?.S;
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
