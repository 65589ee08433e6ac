import { type Contender, type Guard, storeIn, type World } from '../contender';
import type { SimulatedStore } from '../simulated-store';

const FAILURE_THRESHOLD = 5;
const SUCCESS_THRESHOLD = 2;
const OPEN_MS = 10_000;
const LONGEST_OPEN_MS = 60_000;
const WINDOW_MS = 60_000;

/** What is stored: all of it, and by each call. */
interface State {
  readonly is: 'CLOSED' | 'OPEN' | 'HALF-OPEN';
  readonly failures: number;
  readonly successes: number;
  readonly lastFailureAt: number;
  readonly tryAt: number;
  readonly opensInARow: number;
}

const INITIAL: State = { is: 'CLOSED', failures: 0, successes: 0, lastFailureAt: 0, tryAt: 0, opensInARow: 0 };

/**
 * A breaker that reads the state before each call and writes the whole of it after, whoever wrote meanwhile: the rules and defaults of
 * circuitbreaker-lambda 1.0.1, written anew. Each overlapping call has a state of its own here, which is kinder than the original.
 *
 * @param cacheMs how long an instance goes by what it last read or wrote; 0: it reads for each call
 * @see gunnargrosch/circuitbreaker-lambda src/index.ts (check, recordSuccess, recordFailure), src/cache.ts, src/types.ts (DEFAULTS)
 */
export function readPerCall(name: string, cacheMs: number): Contender {
  return {
    name,
    start(world) {
      const store = storeIn<State>(world);
      return {
        instance: (index) => new ReadPerCall(world, store, index, cacheMs).guard,
        requests: () => ({ reads: store.reads, writes: store.writes }),
      };
    },
  };
}

class ReadPerCall {
  private last = INITIAL;
  private cached: { readonly state: State; readonly at: number } | undefined;
  private readonly now: () => number;

  constructor(
    private readonly world: World,
    private readonly store: SimulatedStore<State>,
    private readonly index: number,
    private readonly cacheMs: number,
  ) {
    this.now = world.clockOf(index).now;
  }

  readonly guard: Guard = async (work) => {
    let state = this.withoutOldFailures(await this.load());
    if (state.is === 'OPEN') {
      if (this.now() < state.tryAt) return;
      state = { ...state, is: 'HALF-OPEN', successes: 0 };
      await this.save(state);
    }
    let isWell = true;
    try {
      await work(state.is === 'HALF-OPEN');
    } catch {
      isWell = false;
    }
    await this.save(isWell ? this.afterSuccess(state) : this.afterFailure(state));
  };

  private withoutOldFailures(state: State): State {
    const isOver = state.is === 'CLOSED' && state.lastFailureAt > 0 && this.now() - state.lastFailureAt > WINDOW_MS;
    return isOver ? { ...state, failures: 0 } : state;
  }

  private afterSuccess(state: State): State {
    if (state.is !== 'HALF-OPEN') return state;
    if (state.successes + 1 < SUCCESS_THRESHOLD) return { ...state, successes: state.successes + 1 };
    this.world.noteChange('closed', this.index);
    return { ...state, is: 'CLOSED', failures: 0, successes: 0, opensInARow: 0 };
  }

  private afterFailure(before: State): State {
    const state = { ...before, failures: before.failures + 1, lastFailureAt: this.now() };
    if (state.is !== 'HALF-OPEN' && state.failures < FAILURE_THRESHOLD) return state;
    const isAgain = state.is === 'HALF-OPEN';
    const opensInARow = isAgain ? state.opensInARow + 1 : 0;
    this.world.noteChange(isAgain ? 'reopened' : 'opened', this.index);
    const openMs = Math.min(OPEN_MS * 2 ** opensInARow, LONGEST_OPEN_MS);
    return { ...state, is: 'OPEN', opensInARow, tryAt: this.now() + openMs };
  }

  /** Where the store says nothing, the instance goes on with what it had. */
  private async load(): Promise<State> {
    const { cached } = this;
    if (cached && this.now() - cached.at < this.cacheMs) return cached.state;
    try {
      const read = await this.store.read();
      if (read) {
        this.last = read;
        this.cached = { state: read, at: this.now() };
      }
    } catch {
      // As above.
    }
    return this.last;
  }

  private async save(state: State): Promise<void> {
    this.last = state;
    this.cached = { state, at: this.now() };
    try {
      await this.store.write(() => ({ next: state, answer: undefined }));
    } catch {
      // The call has its answer all the same.
    }
  }
}
