import {
  type LambdaOutcome,
  openStepFunctions,
  type StateMachine,
  type StepFunctions,
  stateMachineArn,
} from '../../../infra/local/step-functions/step-functions';
import { memoryStore } from '../../support/memory-store';
import type { History } from './history';
import { parseExecutionArn } from './machines';
import { PLACE } from './place';
import type { SimulatedClock } from './simulated-clock';

type Wire = Record<string, unknown>;

/** One task of an execution: the function that it calls, with what. */
export interface TaskCall {
  readonly functionArn: string;
  readonly payload: string;
  readonly executionArn: string;
}

/** Step Functions, as the simulation uses it. */
export interface Executions {
  /**
   * An operation of its API, in the wire form. StartExecution works for Express machines, too: the execution goes on by itself.
   *
   * @throws {AwsError}
   */
  handle(operation: string, request: Wire): Promise<Wire>;
  /** Whether names need not be unique in a machine. */
  isExpress(machineArn: string): boolean;
  /** Ends an execution as an operator does; of an Express one, no further call is made, and it ends by its time limit. */
  stop(executionArn: string): Promise<void>;
  /** Executions that have been started and have not ended, of all machines. */
  countRunning(): Promise<number>;
  /** Standard executions of a machine by name, in the order of their starts. */
  list(machineArn: string): Promise<Array<{ name: string; status: string }>>;
  close(): Promise<void>;
}

export interface ExecutionsOptions {
  readonly clock: SimulatedClock;
  readonly random: () => number;
  readonly machines: ReadonlyArray<Omit<StateMachine, 'roleArn'>>;
  /** Carries out a task. Rejects with an `AwsError` when Lambda refuses, with another error when it cannot be reached. */
  readonly runTask: (call: TaskCall) => Promise<LambdaOutcome>;
  readonly history: History;
}

/** Opens Step Functions with its machines: their text is run by the interpreter of the local cloud. */
export async function openExecutions(options: ExecutionsOptions): Promise<Executions> {
  const { clock, random, machines, runTask, history } = options;
  const dead = new Set<string>();
  let running = 0;

  const room = await openStepFunctions({
    store: memoryStore(),
    clock,
    random,
    ...PLACE,
    invokeLambda: async ({ functionNameOrArn, payload, executionArn }) => {
      if (dead.has(executionArn)) return new Promise(() => undefined);
      const outcome = await runTask({ functionArn: functionNameOrArn, payload, executionArn });
      return dead.has(executionArn) ? new Promise(() => undefined) : outcome;
    },
  });
  for (const machine of machines) room.createStateMachine({ ...machine, roleArn: 'arn:aws:iam::0:role/saga' });
  const expressArns = new Set(
    machines.filter(({ type }) => type === 'EXPRESS').map(({ name }) => stateMachineArn(PLACE, name)),
  );

  /** Waits for the end only to count: the caller has its answer as soon as the execution is begun. */
  async function startExpress(request: Wire): Promise<Wire> {
    running += 1;
    let refusal: unknown;
    void room
      .handle('StartSyncExecution', request)
      .then(
        ({ status }) => {
          history.add(String(request.name), `an Express execution has ended: ${status}`);
        },
        (thrown: unknown) => {
          refusal = thrown;
        },
      )
      .finally(() => {
        running -= 1;
      });
    // A request that is refused is refused at once.
    await new Promise<void>((resolve) => void clock.after(1, resolve));
    if (refusal !== undefined) throw refusal;
    return { executionArn: `${String(request.stateMachineArn)}/${request.name}`, startDate: clock.now() / 1000 };
  }

  return {
    handle: (operation, request) =>
      operation === 'StartExecution' && expressArns.has(String(request.stateMachineArn))
        ? startExpress(request)
        : room.handle(operation, request),
    isExpress: (machineArn) => expressArns.has(machineArn),
    async stop(executionArn) {
      if (parseExecutionArn(executionArn).isExpress) dead.add(executionArn);
      else await room.handle('StopExecution', { executionArn });
    },
    async countRunning() {
      let count = running;
      for (const { name, type } of machines) {
        if (type !== 'STANDARD') continue;
        const all = await listStandard(room, stateMachineArn(PLACE, name));
        count += all.filter(({ status }) => status === 'RUNNING').length;
      }
      return count;
    },
    list: (machineArn) => listStandard(room, machineArn),
    close: () => room.close(),
  };
}

async function listStandard(room: StepFunctions, machineArn: string): Promise<Array<{ name: string; status: string }>> {
  const found: Array<{ name: string; status: string }> = [];
  let nextToken: unknown;
  do {
    const request = { stateMachineArn: machineArn, maxResults: 1000, ...(nextToken !== undefined && { nextToken }) };
    const page = await room.handle('ListExecutions', request);
    found.push(...(page.executions as typeof found).map(({ name, status }) => ({ name, status })));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return found.reverse();
}
