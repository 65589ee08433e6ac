import type { Bulkhead } from './bulkhead';
import { type Deadline, DeadlineError } from './deadline';
import { type Fallback, withFallback } from './fallback';
import { Retry, type RetryDependencies, type RetryOptions } from './retry';
import { type LimitedWork, Timeout } from './timeout';
import { systemTimerClock, type TimerClock } from './timer-clock';

/** A circuit breaker, such as a `Circuit` of lib/circuit-breaker. Give it {@link judgeCall}, or a `judge` that makes use of it. */
export interface PolicyCircuit {
  execute<T>(work: () => Promise<T>): Promise<T>;
}

/** What a policy is made of. What is left out is not done, but for the time limit: a call without one can hang for ever. */
export interface PolicyOptions<Substitute = never> extends RetryDependencies {
  /** How long one attempt may take. Milliseconds, 1 to 900,000. Default 5,000. */
  readonly timeoutMs?: number;
  /** Only for what may safely happen twice. Share its budget between all policies of a party. */
  readonly retry?: RetryOptions;
  /** Share it between all policies of a party. */
  readonly circuit?: PolicyCircuit;
  /** Share it between all calls that it is to bound together. */
  readonly bulkhead?: Bulkhead;
  readonly fallback?: Fallback<Substitute>;
}

/** How a party is called. Made once, for any number of calls of any type. */
export interface Policy<Substitute = never> {
  /**
   * The answer of `work`, or what stands in for it.
   *
   * @param deadline the deadline of the request that the call is made for: nothing is sent after it, and nothing waits beyond it
   * @throws {DeadlineError} when no time is left: nothing was sent
   * @throws {BulkheadFullError} when there is no place: nothing was sent
   * @throws {CircuitOpenError} when the circuit is open: nothing was sent
   * @throws {TimeoutError} when there is no answer in time: whether the call took effect is unknown
   */
  execute<T>(work: LimitedWork<T>, deadline?: Deadline): Promise<T | Substitute>;
}

/**
 * Stacks what guards a call, from the outside in:
 *
 * 1. fallback: what stands in for an answer does so once, after everything else has been tried;
 * 2. deadline: bounds all that follows, waits included;
 * 3. retry: outside the circuit, so that each attempt is counted and an open circuit ends the attempts;
 * 4. bulkhead: inside the retry, so that a call which backs off gives its place away; outside the circuit, so that neither a
 *    refusal nor the wait in the queue, which are ours, are counted against the party or eat up a probe's lease;
 * 5. circuit breaker: outside the timeout, so that an answer that never comes is a failure;
 * 6. timeout: around one attempt, and no longer than the deadline leaves.
 *
 * @throws {PolicyOptionsError} when an option is out of its range
 */
export function policy<Substitute = never>(options: PolicyOptions<Substitute>): Policy<Substitute> {
  return new Stack(options);
}

class Stack<Substitute> implements Policy<Substitute> {
  readonly #fallback: Fallback<Substitute> | undefined;
  readonly #retry: Retry | undefined;
  readonly #bulkhead: Bulkhead | undefined;
  readonly #circuit: PolicyCircuit | undefined;
  readonly #timeout: Timeout;
  readonly #clock: TimerClock;

  constructor(options: PolicyOptions<Substitute>) {
    const { clock = systemTimerClock, random, retry, timeoutMs = 5_000 } = options;
    this.#fallback = options.fallback;
    this.#retry = retry && new Retry(retry, { clock, ...(random && { random }) });
    this.#bulkhead = options.bulkhead;
    this.#circuit = options.circuit;
    this.#timeout = new Timeout(timeoutMs, clock);
    this.#clock = clock;
  }

  execute<T>(work: LimitedWork<T>, deadline?: Deadline): Promise<T | Substitute> {
    const fallback = this.#fallback;
    return fallback === undefined
      ? this.#repeat(work, deadline)
      : withFallback(() => this.#repeat(work, deadline), fallback);
  }

  #repeat<T>(work: LimitedWork<T>, deadline: Deadline | undefined): Promise<T> {
    const retry = this.#retry;
    return retry === undefined
      ? this.#attempt(work, deadline)
      : retry.execute(() => this.#attempt(work, deadline), deadline);
  }

  #attempt<T>(work: LimitedWork<T>, deadline: Deadline | undefined): Promise<T> {
    const bulkhead = this.#bulkhead;
    return bulkhead === undefined
      ? this.#guard(work, deadline)
      : bulkhead.execute(() => this.#guard(work, deadline), deadline);
  }

  #guard<T>(work: LimitedWork<T>, deadline: Deadline | undefined): Promise<T> {
    const circuit = this.#circuit;
    if (circuit === undefined) return this.#timeout.execute(work, deadline);
    // Before the circuit is asked: it must not spend a probe on a call that cannot be made.
    if (deadline !== undefined && deadline.remainingMs(this.#clock.now()) <= 0) {
      return Promise.reject(new DeadlineError(deadline.endsAt));
    }
    return circuit.execute(() => this.#timeout.execute(work, deadline));
  }
}
