import type { ServiceContract } from '../../../lib/service/contract';
import type { Bus } from './bus';
import type { Crossings } from './crossings';
import type { Functions } from './functions';
import { describeOutcome, FunctionFailure, lambdaError } from './lambda-errors';
import type { Queues } from './queues';
import type { SimulatedClock } from './simulated-clock';

/** How often an operator looks at what waits for people. */
const ROUND_MS = 2 * 60_000;

export interface OperatorOptions {
  readonly services: readonly ServiceContract[];
  readonly clock: SimulatedClock;
  readonly crossings: Crossings;
  readonly functions: Functions;
  readonly queues: Queues;
  readonly bus: Bus;
  /** When all events are sent once more, in epoch milliseconds. */
  readonly replayedAt?: number | undefined;
  /** Orders that wait for people. */
  readonly parked: () => readonly string[];
  /** Epoch milliseconds. Before it, dead letters are left where they are. */
  readonly faultsEndAt: number;
  /** A fault of the simulation. */
  readonly onFailure: (error: unknown) => void;
}

/** The name of the operation that tries a parked order again. */
export const REDRIVE = { service: 'orders', handler: 'redrive-saga' } as const;

/** Who looks after the system. */
export interface Operator {
  /** What is left to do at a time that was set. */
  readonly waiting: number;
}

/**
 * Begins the jobs that schedules run, each at its minutes, and the rounds of an operator, who redrives what is parked and what is
 * among the dead letters.
 */
export function openOperator(options: OperatorOptions): Operator {
  const { services, clock, queues, parked, faultsEndAt } = options;
  for (const service of services) {
    for (const [handler, { trigger }] of Object.entries(service.handlers)) {
      if (trigger.kind !== 'schedule') continue;
      every(clock, trigger.everyMinutes * 60_000, () => call(options, service, handler, {}));
    }
  }
  every(clock, ROUND_MS, async () => {
    if (clock.now() >= faultsEndAt && queues.deadLetters > 0) await queues.redrive();
    const service = services.find(({ name }) => name === REDRIVE.service);
    for (const orderId of parked()) if (service) await call(options, service, REDRIVE.handler, { orderId });
  });
  return replayLater(options);
}

function replayLater({ clock, bus, replayedAt, onFailure }: OperatorOptions): Operator {
  let waiting = 0;
  if (replayedAt !== undefined) {
    waiting = 1;
    const end = () => {
      waiting = 0;
    };
    clock.after(replayedAt - clock.now(), () => void bus.replay().then(end, onFailure));
  }
  return {
    get waiting() {
      return waiting;
    },
  };
}

function every(clock: SimulatedClock, periodMs: number, round: () => Promise<void>): void {
  clock.after(periodMs, () => {
    every(clock, periodMs, round);
    void round();
  });
}

/** One call of a repair. When it fails, the next round comes. */
async function call(
  { crossings, functions }: OperatorOptions,
  service: ServiceContract,
  handler: string,
  event: { readonly orderId?: string },
): Promise<void> {
  const { orderId } = event;
  const phase = 'repair';
  const seconds = service.handlers[handler]?.timeoutSeconds ?? 0;
  const calling = crossings.cross({
    call: { edge: 'lambda', name: `${service.name}/${handler}`, phase, ...(orderId !== undefined && { orderId }) },
    carriesOut: ['crash', 'skew'],
    perform: (fate) => functions.invoke({ service, handler, event, phase, orderId, fate }),
    toError: lambdaError,
    timeLimitMs: (seconds + 5) * 1000,
    toTimeOut: () => new FunctionFailure('Sandbox.Timedout'),
    describe: (outcome) => (outcome.functionError === undefined ? outcome.payload : describeOutcome(outcome)),
  });
  await calling.catch(() => undefined);
}
