import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import CircuitBreaker from 'opossum';
import type { Circuit } from '../../lib/circuit-breaker/circuit';
import { Circuits } from '../../lib/circuit-breaker/circuits';
import { memoryCircuitStore } from '../../lib/circuit-breaker/memory-circuit-store';
import type { CircuitOptions } from '../../lib/circuit-breaker/options';
import { judgeCall } from '../../lib/resilience/judge-call';
import { policy } from '../../lib/resilience/policy';

/** One way to make a call that answers at once. */
interface Contestant {
  readonly name: string;
  readonly call: () => Promise<unknown>;
  /** Puts it into the state that it is measured in. */
  readonly prepare?: () => Promise<void>;
}

/** Contestants that are measured side by side. */
interface Contest {
  readonly name: string;
  readonly isRefused: boolean;
  readonly contestants: readonly Contestant[];
}

const HOUR_SECONDS = 3600;
const answer = async () => 'answer';
const fail = async () => {
  throw new Error('down');
};

/** The circuits of one process, over a store that answers at once: what is measured is the breaker and not the network. */
function ours(name: string, options: CircuitOptions = {}): Circuit {
  return new Circuits({ service: 'bench', store: memoryCircuitStore() }).circuit(name, options);
}

const opossum = (options: object, action: () => Promise<unknown> = answer) =>
  new CircuitBreaker(action, { timeout: false, ...options });

const cockatiel = () =>
  circuitBreaker(handleAll, {
    halfOpenAfter: 10_000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000 }),
  });

function closed(): Contest {
  const circuit = ours('closed');
  const consecutive = circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) });
  const sampling = cockatiel();
  const withPercentiles = opossum({});
  const without = opossum({ rollingPercentilesEnabled: false });
  return {
    name: 'closed',
    isRefused: false,
    contestants: [
      { name: 'no breaker', call: () => answer() },
      { name: 'ours', call: () => circuit.execute(answer) },
      { name: 'cockatiel, sampling', call: () => sampling.execute(answer) },
      { name: 'cockatiel, consecutive', call: () => consecutive.execute(answer) },
      { name: 'opossum', call: () => withPercentiles.fire() },
      { name: 'opossum without percentiles', call: () => without.fire() },
    ],
  };
}

function stack(): Contest {
  const stacked = policy({ timeoutMs: 5_000, retry: {}, circuit: ours('stack', { judge: judgeCall }) });
  const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 20_000 });
  const wrapped = wrap(
    retry(handleAll, { maxAttempts: 2, backoff }),
    cockatiel(),
    timeout(5_000, TimeoutStrategy.Aggressive),
  );
  return {
    name: 'breaker, timeout and retry',
    isRefused: false,
    contestants: [
      { name: 'no breaker', call: () => answer() },
      { name: 'ours', call: () => stacked.execute(answer) },
      { name: 'cockatiel', call: () => wrapped.execute(answer) },
    ],
  };
}

function refused(): Contest {
  const circuit = ours('open', { breakDurationSeconds: HOUR_SECONDS });
  const tripped = circuitBreaker(handleAll, {
    halfOpenAfter: HOUR_SECONDS * 1000,
    breaker: new ConsecutiveBreaker(5),
  });
  const breaker = opossum({ resetTimeout: HOUR_SECONDS * 1000 }, fail);
  const trip = (call: () => Promise<unknown>) => async () => {
    for (let index = 0; index < 10; index += 1) await call().catch(() => undefined);
  };
  return {
    name: 'refused while open',
    isRefused: true,
    contestants: [
      { name: 'a promise that is rejected', call: () => fail() },
      { name: 'ours', call: () => circuit.execute(answer), prepare: trip(() => circuit.execute(fail)) },
      { name: 'cockatiel', call: () => tripped.execute(answer), prepare: trip(() => tripped.execute(fail)) },
      { name: 'opossum', call: () => breaker.fire(), prepare: trip(() => breaker.fire()) },
    ],
  };
}

/**
 * Nanoseconds of CPU that each call takes, one after the other. Nothing is waited for, so that it is the time of the call too, where
 * nobody else works on the computer; and about the same where somebody does.
 */
async function nanosEach({ call }: Contestant, calls: number, isRefused: boolean): Promise<number> {
  let refusals = 0;
  const before = process.cpuUsage();
  for (let index = 0; index < calls; index += 1) {
    try {
      await call();
    } catch {
      refusals += 1;
    }
  }
  const { user, system } = process.cpuUsage(before);
  if (refusals !== (isRefused ? calls : 0)) throw new Error(`${refusals} of ${calls} calls were refused`);
  return ((user + system) * 1000) / calls;
}

/** The first rounds are for the compiler. */
const WARM_UP = 4;

/** Rounds in which each has its turn, and another one the first: what the computer does beside it strikes all of them. */
async function measure({ contestants, isRefused }: Contest, rounds: number, calls: number) {
  const nanos = contestants.map(({ name }) => ({ name, rounds: [] as number[] }));
  for (const { prepare } of contestants) await prepare?.();
  for (let round = 0; round < WARM_UP + rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const at = (turn + round) % contestants.length;
      const each = await nanosEach(contestants[at] as Contestant, calls, isRefused);
      if (round >= WARM_UP) nanos[at]?.rounds.push(each);
    }
  }
  return nanos;
}

async function main(): Promise<void> {
  const [rounds = 15, calls = 20_000] = process.argv.slice(2).map(Number);
  for (const contest of [closed(), stack(), refused()]) {
    for (const { name, rounds: nanos } of await measure(contest, rounds, calls)) {
      console.log(JSON.stringify({ contest: contest.name, name, nanos }));
    }
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
