import { AppError } from '../errors/app-error';
import { type Deadline, DeadlineError } from './deadline';
import { checkRange } from './option-range';
import { systemTimerClock, type TimerClock } from './timer-clock';

/** A call took longer than it may. It was sent, and nothing tells whether it took effect. */
export class TimeoutError extends AppError {
  override readonly name = 'TimeoutError';
  readonly limitMs: number;
  /** The deadline of the request has left it less than its own limit: this says nothing about the party. */
  readonly isCutShort: boolean;

  constructor(limitMs: number, isCutShort: boolean) {
    super(
      `no answer within ${Math.ceil(limitMs)} ms${isCutShort ? ', which is all that was left of the request' : ''}`,
      {
        code: 'TIMEOUT',
        status: 504,
        retryable: true,
      },
    );
    this.limitMs = limitMs;
    this.isCutShort = isCutShort;
  }
}

/**
 * A call that can be given up: hand its `signal` to `fetch` or to an SDK client. The signal is made when it is first asked for, which
 * is why it comes in an object: on Node 20 making one takes longer than all the rest of a policy.
 */
export type LimitedWork<T> = (call: { readonly signal: AbortSignal }) => Promise<T>;

/**
 * Bounds how long a call may take. When its time is over the call is aborted and the caller gets a {@link TimeoutError}; whatever comes
 * of it afterwards is dropped. A call that ends in time is not aborted: that would cost several microseconds and tell nobody anything.
 */
export class Timeout {
  readonly #timeoutMs: number;
  readonly #clock: TimerClock;

  /**
   * @param timeoutMs 1 to 900,000, the longest that a function may run. Choose it by the slowest answers of a healthy party
   * @throws {PolicyOptionsError} when it is out of its range
   * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
   */
  constructor(timeoutMs: number, clock: TimerClock = systemTimerClock) {
    this.#timeoutMs = checkRange('timeoutMs', timeoutMs, { from: 1, to: 900_000 });
    this.#clock = clock;
  }

  /**
   * @param deadline when it leaves less than the limit, that is the limit
   * @throws {TimeoutError} when there is no answer in time
   * @throws {DeadlineError} when no time is left at all; `work` is not called then
   */
  execute<T>(work: LimitedWork<T>, deadline?: Deadline): Promise<T> {
    const remainingMs = deadline === undefined ? this.#timeoutMs : deadline.remainingMs(this.#clock.now());
    if (deadline !== undefined && remainingMs <= 0) return Promise.reject(new DeadlineError(deadline.endsAt));
    const limitMs = Math.min(this.#timeoutMs, remainingMs);
    return new Promise((resolve, reject) => {
      const controller = new AbortController();
      const cancel = this.#clock.after(limitMs, () => {
        const error = new TimeoutError(limitMs, limitMs < this.#timeoutMs);
        reject(error);
        controller.abort(error);
      });
      start(work, controller).then(
        (answer) => {
          cancel();
          resolve(answer);
        },
        (error) => {
          cancel();
          reject(error);
        },
      );
    });
  }
}

/** So that what `work` throws before it answers a promise is thrown as what it throws later. */
function start<T>(work: LimitedWork<T>, controller: AbortController): Promise<T> {
  try {
    return work(controller);
  } catch (error) {
    return Promise.reject(error);
  }
}
