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
  const { machines } = options;
  const dead = new Set<string>();
  const room = await openRoom(options, dead);
  const arnsOf = (wanted: 'STANDARD' | 'EXPRESS') =>
    machines.filter(({ type }) => type === wanted).map(({ name }) => stateMachineArn(PLACE, name));
  const expressArns = new Set(arnsOf('EXPRESS'));
  const express = openExpress(room, options);
  return {
    handle: (operation, request) =>
      operation === 'StartExecution' && expressArns.has(String(request.stateMachineArn))
        ? express.start(request)
        : room.handle(operation, request),
    isExpress: (machineArn) => expressArns.has(machineArn),
    async stop(executionArn) {
      if (parseExecutionArn(executionArn).isExpress) dead.add(executionArn);
      else await room.handle('StopExecution', { executionArn });
    },
    async countRunning() {
      let count = express.running;
      for (const arn of arnsOf('STANDARD')) {
        const all = await listStandard(room, arn);
        count += all.filter(({ status }) => status === 'RUNNING').length;
      }
      return count;
    },
    list: (machineArn) => listStandard(room, machineArn),
    close: () => room.close(),
  };
}

/** Executions that are `dead` make no further call. */
async function openRoom(options: ExecutionsOptions, dead: ReadonlySet<string>): Promise<StepFunctions> {
  const { clock, random, machines, runTask } = options;
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
  return room;
}

/** Express executions that go on by themselves. Their end is awaited only to count them. */
function openExpress(room: StepFunctions, { clock, history }: ExecutionsOptions) {
  let running = 0;
  return {
    get running() {
      return running;
    },
    /** The caller has its answer as soon as the execution is begun. */
    async start(request: Wire): Promise<Wire> {
      running += 1;
      let refusal: unknown;
      const note = ({ status }: Wire) => history.add(String(request.name), `an Express execution has ended: ${status}`);
      const refuse = (thrown: unknown) => {
        refusal = thrown;
      };
      const ending = room.handle('StartSyncExecution', request).then(note, refuse);
      void ending.finally(() => {
        running -= 1;
      });
      // A request that is refused is refused at once.
      await new Promise<void>((resolve) => void clock.after(1, resolve));
      if (refusal !== undefined) throw refusal;
      return { executionArn: `${String(request.stateMachineArn)}/${request.name}`, startDate: clock.now() / 1000 };
    },
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
