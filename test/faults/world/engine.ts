import { openStepFunctions } from '../../../infra/local/step-functions/step-functions';
import { memoryStore } from '../../support/memory-store';
import type { Call, Injector, Phase } from '../fates';
import type { Strike } from '../simulation';
import { Crossings } from './crossings';
import { failure } from './functions';
import { openHistory } from './history';
import { FunctionFailure, lambdaError } from './lambda-errors';
import { PLACE } from './place';
import { seededRandom } from './random';
import { simulatedClock } from './simulated-clock';

/** A task that a participant is asked to carry out. */
export interface Participation {
  /** What stands as `FunctionName` in the state machine. */
  readonly name: string;
  readonly payload: unknown;
  /** Epoch milliseconds, simulated. */
  readonly at: number;
}

/** How an execution has ended. */
export interface ExecutionEnd {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'RUNNING';
  readonly error?: string;
  readonly output?: string;
}

export interface EngineOptions {
  readonly seed: number;
  readonly injector: Injector;
  /** Which order a task is about, and what it is part of; default: none, `forward`. */
  readonly about?: (task: Participation) => { readonly orderId?: string; readonly phase?: Phase };
}

/** An interpreter in simulated time, whose tasks are struck as the calls of our own system are. */
export interface Engine {
  readonly history: readonly string[];
  readonly strikes: readonly Strike[];
  /**
   * Runs one execution of a state machine to its end, at most a simulated day, and lets what is still on its way land. An error that
   * a participant throws is the function's, by its name.
   */
  run(
    definition: object,
    input: object,
    invoke: (task: Participation) => Promise<unknown> | unknown,
  ): Promise<ExecutionEnd>;
}

const START_AT = Date.UTC(2026, 0, 1);
const DAY_MS = 24 * 3_600_000;

/** Opens an engine. Executions that are run at the same time share the clock. */
export function openEngine({ seed, injector, about = () => ({}) }: EngineOptions): Engine {
  const clock = simulatedClock(START_AT);
  const history = openHistory(clock, START_AT);
  const faults = { faultsBeginAt: START_AT, faultsEndAt: Number.POSITIVE_INFINITY };
  const crossings = new Crossings({ clock, seed, injector, history, ...faults });
  const random = seededRandom(seed);
  let machines = 0;

  return {
    history: history.lines,
    strikes: crossings.strikes,
    async run(definition, input, invoke) {
      const room = await openStepFunctions({
        store: memoryStore(),
        clock,
        random,
        ...PLACE,
        async invokeLambda({ functionNameOrArn: name, payload }) {
          const task = { name, payload: JSON.parse(payload) as unknown, at: clock.now() };
          const { orderId, phase = 'forward' } = about(task);
          const call: Omit<Call, 'nth' | 'at'> = {
            edge: 'lambda',
            name,
            phase,
            ...(orderId !== undefined && { orderId }),
          };
          const perform = async () => ({ payload: JSON.stringify((await invoke(task)) ?? null) });
          try {
            return await crossings.cross({ call, perform, toError: lambdaError });
          } catch (error) {
            if (error instanceof FunctionFailure) return error.outcome;
            if (!(error instanceof Error)) throw error;
            return failure(error.name, error.message);
          }
        },
      });
      machines += 1;
      const name = `machine-${machines}`;
      const roleArn = 'arn:aws:iam::0:role/engine';
      room.createStateMachine({ name, definition: JSON.stringify(definition), type: 'STANDARD', roleArn });
      const stateMachineArn = `arn:aws:states:${PLACE.region}:${PLACE.accountId}:stateMachine:${name}`;
      const start = { stateMachineArn, name: 'execution', input: JSON.stringify(input) };
      const { executionArn } = await room.handle('StartExecution', start);
      let end: ExecutionEnd = { status: 'RUNNING' };
      for (const until = clock.now() + DAY_MS; end.status === 'RUNNING' && clock.now() < until; ) {
        await clock.run(clock.now() + 60_000, () => false);
        end = (await room.handle('DescribeExecution', { executionArn })) as unknown as ExecutionEnd;
      }
      await clock.run(clock.now() + DAY_MS, () => crossings.underWay === 0);
      await room.close();
      return end;
    },
  };
}
