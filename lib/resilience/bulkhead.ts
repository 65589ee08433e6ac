import { AppError } from '../errors/app-error';
import { type Deadline, DeadlineError } from './deadline';
import { checkRange } from './option-range';
import { systemTimerClock, type TimerClock } from './timer-clock';

/** A longer timer would run out at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A call found no place: as many run as may, and as many wait as may. Nothing was sent. */
export class BulkheadFullError extends AppError {
  override readonly name = 'BulkheadFullError';

  constructor(maxConcurrent: number, maxQueued: number) {
    super(`${maxConcurrent} calls are running and ${maxQueued} are waiting: no more may`, {
      code: 'SERVICE_UNAVAILABLE',
      status: 503,
      retryable: true,
    });
  }
}

/** How many calls may run, and wait. */
export interface BulkheadOptions {
  /** Calls that run at once. Integer, 1 to 10,000. */
  readonly maxConcurrent: number;
  /** Calls that wait for a place, in the order in which they came. Integer, 0 to 10,000. Default 0. */
  readonly maxQueued?: number;
}

/** Where a call stands in the queue. */
interface Waiting {
  readonly enter: () => void;
}

/**
 * Lets a limited number of calls run at once.
 *
 * In classic Lambda an environment serves one request at a time, so this bounds the calls that one request makes side by side, such
 * as those for the lines of an order, and nothing else: how many requests reach a party is bounded by the function's reserved concurrency,
 * or by the maximum concurrency of its queue. On Lambda Managed Instances many requests share the process, and with it this object.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-nodejs-runtime.html
 */
export class Bulkhead {
  readonly #maxConcurrent: number;
  readonly #maxQueued: number;
  readonly #clock: TimerClock;
  readonly #queue = new Set<Waiting>();
  #running = 0;

  /** @throws {PolicyOptionsError} when an option is out of its range */
  constructor({ maxConcurrent, maxQueued = 0 }: BulkheadOptions, clock: TimerClock = systemTimerClock) {
    this.#maxConcurrent = checkRange('maxConcurrent', maxConcurrent, { from: 1, to: 10_000, isWhole: true });
    this.#maxQueued = checkRange('maxQueued', maxQueued, { from: 0, to: 10_000, isWhole: true });
    this.#clock = clock;
  }

  /**
   * Runs `work` as soon as there is a place for it.
   *
   * @param deadline until when it waits for one
   * @throws {BulkheadFullError} when the queue is full
   * @throws {DeadlineError} when the deadline comes before its turn
   */
  async execute<T>(work: () => Promise<T>, deadline?: Deadline): Promise<T> {
    if (this.#running < this.#maxConcurrent) this.#running += 1;
    else await this.#turn(deadline);
    try {
      // A process that was frozen while this call waited may come here long after its deadline, before any timer has rung.
      if (deadline !== undefined && deadline.remainingMs(this.#clock.now()) <= 0) {
        throw new DeadlineError(deadline.endsAt);
      }
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Resolves when a call that ends has handed its place over. */
  #turn(deadline: Deadline | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#queue.size >= this.#maxQueued) {
        reject(new BulkheadFullError(this.#maxConcurrent, this.#maxQueued));
        return;
      }
      let cancel: (() => void) | undefined;
      const waiting: Waiting = {
        enter: () => {
          cancel?.();
          resolve();
        },
      };
      this.#queue.add(waiting);
      if (deadline === undefined || deadline.endsAt === Number.POSITIVE_INFINITY) return;
      cancel = this.#clock.after(Math.min(deadline.remainingMs(this.#clock.now()), MAX_TIMER_MS), () => {
        this.#queue.delete(waiting);
        reject(new DeadlineError(deadline.endsAt));
      });
    });
  }

  /** The place goes to who waits longest. It never becomes free in between, or a newcomer could take it as well. */
  #leave(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#queue.delete(next);
    next.enter();
  }
}
