import { type Contender, type Guard, storeIn, type Work, type World } from '../contender';
import type { SimulatedStore } from '../simulated-store';

const FAILURE_THRESHOLD = 5;
const SUCCESS_THRESHOLD = 3;
const RECOVERY_SECONDS = 30;
const CACHE_SECONDS = 5;

interface State {
  readonly is: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly openedAt?: number;
  readonly owner?: number;
  readonly leaseUntil?: number;
}

const CLOSED: State = { is: 'CLOSED' };

/**
 * A breaker that counts failures in a row in each instance, shares only that it is open, and has one prober elected by a conditional
 * write, which makes all the probes: the rules and defaults of the circuit breaker of Powertools for AWS Lambda (Python), written anew.
 * Its clock has whole seconds.
 *
 * @see aws-powertools/powertools-lambda-python aws_lambda_powertools/utilities/circuit_breaker/base.py, config.py, persistence/base.py,
 * persistence/dynamodb.py
 * @see https://docs.aws.amazon.com/powertools/python/latest/utilities/circuit_breaker/
 */
export function electedProber(): Contender {
  return {
    name: 'as Powertools for Python',
    start(world) {
      const store = storeIn<State>(world);
      return {
        instance: (index) => new ElectedProber(world, store, index).guard,
        requests: () => ({ reads: store.reads, writes: store.writes }),
      };
    },
  };
}

class ElectedProber {
  private cached: { readonly state: State; readonly until: number } | undefined;
  private failures = 0;
  private successes = 0;
  private lastSeen: State['is'] | undefined;
  private readonly seconds: () => number;

  constructor(
    private readonly world: World,
    private readonly store: SimulatedStore<State>,
    private readonly index: number,
  ) {
    const { now } = world.clockOf(index);
    this.seconds = () => Math.floor(now() / 1000);
  }

  readonly guard: Guard = async (work) => {
    const state = await this.load();
    if (state.is === 'CLOSED') {
      if (this.lastSeen !== undefined && this.lastSeen !== 'CLOSED') this.failures = 0;
      this.lastSeen = 'CLOSED';
      return this.callClosed(work);
    }
    this.lastSeen = state.is;
    if (await this.mayProbe(state)) await this.probe(work);
  };

  private async mayProbe({ is, openedAt = this.seconds(), owner, leaseUntil }: State): Promise<boolean> {
    if (is === 'OPEN') return this.seconds() >= openedAt + RECOVERY_SECONDS && (await this.elect(openedAt));
    if (owner === this.index) return true;
    return leaseUntil !== undefined && this.seconds() >= leaseUntil && (await this.elect(openedAt));
  }

  /** Rejects, and with it the call, when the store fails. */
  private async elect(openedAt: number): Promise<boolean> {
    const now = this.seconds();
    const next: State = { is: 'HALF_OPEN', openedAt, owner: this.index, leaseUntil: now + RECOVERY_SECONDS };
    const isElected = await this.store.write((item) => {
      const isFree = item?.is === 'OPEN' && item.owner === undefined && item.openedAt === openedAt;
      const isLeft = item?.is === 'HALF_OPEN' && (item.leaseUntil ?? Number.POSITIVE_INFINITY) <= now;
      return isFree || isLeft ? { next, answer: true } : { answer: false };
    });
    if (isElected) this.cache(next);
    return isElected;
  }

  private async callClosed(work: Work): Promise<void> {
    try {
      await work(false);
      this.failures = 0;
    } catch {
      this.failures += 1;
      if (this.failures < FAILURE_THRESHOLD) return;
      this.failures = 0;
      this.world.noteChange('opened', this.index);
      await this.save({ is: 'OPEN', openedAt: this.seconds() });
    }
  }

  private async probe(work: Work): Promise<void> {
    try {
      await work(true);
    } catch {
      this.successes = 0;
      this.world.noteChange('reopened', this.index);
      await this.save({ is: 'OPEN', openedAt: this.seconds() });
      return;
    }
    this.successes += 1;
    if (this.successes < SUCCESS_THRESHOLD) return;
    this.successes = 0;
    this.failures = 0;
    this.world.noteChange('closed', this.index);
    await this.save(CLOSED);
  }

  /** Where the store fails, the circuit counts as closed, and nothing is remembered. */
  private async load(): Promise<State> {
    if (this.cached && this.seconds() < this.cached.until) return this.cached.state;
    this.cached = undefined;
    try {
      const state = (await this.store.read()) ?? CLOSED;
      this.cache(state);
      return state;
    } catch {
      return CLOSED;
    }
  }

  private async save(next: State): Promise<void> {
    try {
      await this.store.write(() => ({ next, answer: undefined }));
      this.cache(next);
    } catch {
      // The call has its answer all the same.
    }
  }

  private cache(state: State): void {
    this.cached = { state, until: this.seconds() + CACHE_SECONDS };
  }
}
