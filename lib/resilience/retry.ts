import type { Deadline } from './deadline';
import { checkRange } from './option-range';
import { retryAfterMsOf } from './retry-after';
import { RetryBudget } from './retry-budget';
import { sleep, systemTimerClock, type TimerClock } from './timer-clock';
import { isUnsent } from './unsent';

/** How a call is repeated. Whatever is left out has its default. */
export interface RetryOptions {
  /** Attempts, the first one counted. Integer, 1 to 10. Default 3. */
  readonly maxAttempts?: number;
  /** The longest wait before the first repeat; it doubles with each one. Milliseconds, 1 to 60,000. Default 50. */
  readonly baseDelayMs?: number;
  /** What the longest wait grows to. Milliseconds, `baseDelayMs` to 60,000. Default 20,000, or the base delay when that is longer. */
  readonly maxDelayMs?: number;
  /** The longest `Retry-After` that is waited for; who asks for more is not repeated. Milliseconds, 0 to 900,000. Default 10,000. */
  readonly maxRetryAfterMs?: number;
  /** Whether an error is worth a repeat, and whether a repeat is safe. Default {@link isWorthARetry}. */
  readonly isRetryable?: (error: unknown) => boolean;
  /** What the repeats are paid from: one for all that calls the party. Default: one of its own. */
  readonly budget?: RetryBudget;
}

/** What a retry needs of the world around it. */
export interface RetryDependencies {
  readonly clock?: TimerClock;
  /** From 0, included, to 1, excluded. Default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Repeats a call that has failed, after capped exponential back-off with full jitter. An error that says when to come back
 * (`retryAfterMs`, `retryAfterSeconds`) is not repeated before that, and the back-off is added to it: told the same instant, many
 * callers would else come back as one.
 *
 * Retry in one layer only: three layers of three attempts are 27 calls. Only what may safely happen twice.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export class Retry {
  readonly #maxAttempts: number;
  readonly #baseDelayMs: number;
  readonly #maxDelayMs: number;
  readonly #maxRetryAfterMs: number;
  readonly #isRetryable: (error: unknown) => boolean;
  readonly #budget: RetryBudget;
  readonly #clock: TimerClock;
  readonly #random: () => number;

  /** @throws {PolicyOptionsError} when an option is out of its range */
  constructor(options: RetryOptions = {}, { clock = systemTimerClock, random = Math.random }: RetryDependencies = {}) {
    const { maxAttempts = 3, baseDelayMs = 50, maxRetryAfterMs = 10_000 } = options;
    const { maxDelayMs = Math.max(20_000, baseDelayMs) } = options;
    this.#maxAttempts = checkRange('maxAttempts', maxAttempts, { from: 1, to: 10, isWhole: true });
    this.#baseDelayMs = checkRange('baseDelayMs', baseDelayMs, { from: 1, to: 60_000 });
    this.#maxDelayMs = checkRange('maxDelayMs', maxDelayMs, { from: baseDelayMs, to: 60_000 });
    this.#maxRetryAfterMs = checkRange('maxRetryAfterMs', maxRetryAfterMs, { from: 0, to: 900_000 });
    this.#isRetryable = options.isRetryable ?? isWorthARetry;
    this.#budget = options.budget ?? new RetryBudget();
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * The first answer. Without one it throws what the last attempt threw; but when that was refused before it was sent (an open circuit, no
   * time left) and an earlier one was sent, then what the earlier one threw: "nothing was sent" is said only when it holds for all.
   *
   * @param deadline no wait reaches beyond it, and nothing is sent after it
   */
  async execute<T>(attempt: () => Promise<T>, deadline?: Deadline): Promise<T> {
    let sent: { readonly error: unknown } | undefined;
    for (let attempts = 1; ; attempts += 1) {
      try {
        const answer = await attempt();
        this.#budget.succeeded(attempts > 1);
        return answer;
      } catch (error) {
        if (!isUnsent(error)) sent = { error };
        if (!(await this.#backOff(error, attempts, deadline))) throw (sent ?? { error }).error;
      }
    }
  }

  /** Waits until the call may be repeated, and pays for it; `false`: it may not. */
  async #backOff(error: unknown, attempts: number, deadline: Deadline | undefined): Promise<boolean> {
    if (attempts >= this.#maxAttempts || !this.#isRetryable(error) || !this.#budget.canRetry()) return false;
    const retryAfterMs = retryAfterMsOf(error) ?? 0;
    if (retryAfterMs > this.#maxRetryAfterMs) return false;
    const waitMs = retryAfterMs + this.#random() * Math.min(this.#baseDelayMs * 2 ** (attempts - 1), this.#maxDelayMs);
    if (waitMs >= this.#remainingMs(deadline)) return false;
    await sleep(this.#clock, waitMs);
    // A process that was frozen while it waited wakes hours later: nobody waits for the answer any more.
    return this.#remainingMs(deadline) > 0 && this.#budget.takeRetry();
  }

  #remainingMs(deadline: Deadline | undefined): number {
    return deadline === undefined ? Number.POSITIVE_INFINITY : deadline.remainingMs(this.#clock.now());
  }
}

/**
 * Whether a repeat has any prospect: not when the error says of itself that it has none (`retryable: false`), and where the call was
 * refused before it was sent, only when the refusal says how long it holds. A circuit that an operator keeps open does not.
 */
export function isWorthARetry(error: unknown): boolean {
  if (isUnsent(error)) return retryAfterMsOf(error) !== undefined;
  return (error as { retryable?: unknown } | null | undefined)?.retryable !== false;
}
