import { toTimestamp } from '../clock';
import { AppError } from '../errors/app-error';
import { checkRange } from './option-range';

/** The largest instant that a date can show, in epoch milliseconds. */
const MAX_INSTANT = 8.64e15;

/**
 * No time is left to make a call, so it was not made: nothing was sent. A fact about the caller alone; a later invocation has time again.
 *
 * Not to be confused with `DeadlineExceededError`, by which a step refuses a command that came after its `notAfter`, for good.
 */
export class DeadlineError extends AppError {
  override readonly name = 'DeadlineError';

  constructor(endsAt: number) {
    const end = Math.abs(endsAt) <= MAX_INSTANT ? `, it had to end by ${toTimestamp(endsAt)}` : '';
    super(`no time is left for the call${end}`, { code: 'SERVICE_UNAVAILABLE', status: 503, retryable: true });
  }
}

/** By when everything that is done for one request must have ended. Made once per request, and handed on to whatever it calls. */
export class Deadline {
  /** Epoch milliseconds; `Infinity`: it never ends. */
  readonly endsAt: number;

  /** @param endsAt one that cannot be read (`NaN`) has passed */
  constructor(endsAt: number) {
    this.endsAt = Number.isNaN(endsAt) ? Number.NEGATIVE_INFINITY : endsAt;
  }

  /** What is left, in milliseconds; 0 when nothing is. */
  remainingMs(now: number): number {
    return Math.max(0, this.endsAt - now);
  }
}

/** What limits a request. The earlier of them counts; without any, nothing does. */
export interface DeadlineLimits {
  /** A Lambda's context. It is asked once. */
  readonly context?: { getRemainingTimeInMillis(): number };
  /** What is kept of the context's time for answering and for writing the log, in milliseconds, 0 to 60,000. Default 500. */
  readonly marginMs?: number;
  /** The last instant at which the effect may still happen: ISO 8601, as a command has it, or epoch milliseconds. One that cannot be read has passed. */
  readonly notAfter?: string | number;
}

/**
 * The deadline of a request.
 *
 * @param now epoch milliseconds, by the clock that the remaining time will be asked with
 * @throws {PolicyOptionsError} when `marginMs` is out of its range
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export function deadlineOf({ context, marginMs = 500, notAfter }: DeadlineLimits, now: number): Deadline {
  checkRange('marginMs', marginMs, { from: 0, to: 60_000 });
  const functionEndsAt = context === undefined ? Number.POSITIVE_INFINITY : now + context.getRemainingTimeInMillis();
  const effectEndsAt = typeof notAfter === 'string' ? Date.parse(notAfter) : (notAfter ?? Number.POSITIVE_INFINITY);
  return new Deadline(Math.min(functionEndsAt - marginMs, effectEndsAt));
}
