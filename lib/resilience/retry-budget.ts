import { checkRange } from './option-range';

/** How many retries a party is good for. */
export interface RetryBudgetOptions {
  /** Tokens of a full budget, with which it begins. Integer, 1 to 100,000. Default 500. */
  readonly capacity?: number;
  /** Tokens that a retry takes. Integer, 1 to `capacity`. Default 14: a full budget pays for 35 retries in a row. */
  readonly retryCost?: number;
  /** Tokens that a call gives back when it succeeds at once, 0 to `capacity`. Default 1: in the long run one retry for 14 such calls. */
  readonly successRefund?: number;
}

/**
 * Bounds the retries of everything that calls one party, however many calls there are: a party that fails for all is retried until the
 * budget is spent, and from then on as often as its successes pay for. Make one per party and process, and share it. With a process per
 * environment, as in Lambda, each environment has its own.
 *
 * The sizes and the rules of refunds are those of the AWS SDKs. What is different: a retry is charged when it leaves its back-off, not
 * when it enters it. One that is waiting has sent nothing, may never send anything, and what it would pay is free for one that can.
 * No timer fills it, so that a frozen process wakes with what it had.
 *
 * @see https://aws.amazon.com/blogs/developer/updated-default-retry-behavior-for-aws-sdks-and-tools/
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 * @see https://github.com/envoyproxy/envoy/issues/30205 what there is to say for either moment
 */
export class RetryBudget {
  readonly #capacity: number;
  readonly #retryCost: number;
  readonly #successRefund: number;
  #tokens: number;

  /** @throws {PolicyOptionsError} when an option is out of its range */
  constructor({ capacity = 500, retryCost = 14, successRefund = 1 }: RetryBudgetOptions = {}) {
    this.#capacity = checkRange('capacity', capacity, { from: 1, to: 100_000, isWhole: true });
    this.#retryCost = checkRange('retryCost', retryCost, { from: 1, to: capacity, isWhole: true });
    this.#successRefund = checkRange('successRefund', successRefund, { from: 0, to: capacity });
    this.#tokens = capacity;
  }

  /** From 0 to the capacity. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Whether a retry could be paid now. Takes nothing: ask before a back-off, so that none is waited for in vain. */
  canRetry(): boolean {
    return this.#tokens >= this.#retryCost;
  }

  /** Pays for one retry, that is sent at once. `false`: there is not enough, and nothing was taken. */
  takeRetry(): boolean {
    if (!this.canRetry()) return false;
    this.#tokens -= this.#retryCost;
    return true;
  }

  /** A call has succeeded: at its first attempt, or by a retry, whose cost it then gives back. */
  succeeded(byRetry: boolean): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (byRetry ? this.#retryCost : this.#successRefund));
  }
}
