import type middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Clock, systemClock } from '../../clock';
import { type Deadline, DeadlineError, deadlineOf } from '../deadline';

/** What limits an invocation beside its own remaining time. */
export interface DeadlineMiddlewareOptions<Event> {
  /** Milliseconds that are kept for answering and for writing the log, 0 to 60,000. Default 500. */
  readonly marginMs?: number;
  /** Finds the last instant at which the effect of an event may still happen (ISO 8601, or epoch milliseconds), where it has one. */
  readonly findNotAfter?: (event: Event) => string | number | undefined;
}

/** By context: Lambda makes one for each invocation. */
const deadlines = new WeakMap<Context, Deadline>();

/**
 * Gives an invocation its deadline, which the handler reads by {@link getDeadline} and hands on as an argument to whatever it calls.
 *
 * It hangs on the context, because that is what both middlewares and the handler get: `request.internal` is not seen by handlers. An
 * `AsyncLocalStorage` would be seen everywhere, but a `before` hook cannot run the handler inside one, it hides what a call depends
 * on, and until Node 24 it makes every promise of the process dearer.
 *
 * @throws {DeadlineError} from the invocation, when no time is left: the handler is not called then
 * @throws {PolicyOptionsError} from the invocation, when `marginMs` is out of its range
 */
export function deadlineMiddleware<Event = unknown>(
  { marginMs, findNotAfter }: DeadlineMiddlewareOptions<Event> = {},
  clock: Clock = systemClock,
): middy.MiddlewareObj<Event> {
  return {
    before: (request) => {
      const { event, context } = request;
      const now = clock.now();
      const notAfter = findNotAfter?.(event);
      const deadline = deadlineOf(
        {
          // A handler that is called by hand, such as by a test, may have no context.
          ...(typeof context.getRemainingTimeInMillis === 'function' && { context }),
          ...(marginMs !== undefined && { marginMs }),
          ...(notAfter !== undefined && { notAfter }),
        },
        now,
      );
      if (deadline.remainingMs(now) <= 0) throw new DeadlineError(deadline.endsAt);
      deadlines.set(context, deadline);
    },
  };
}

/**
 * The deadline of the invocation that has this context.
 *
 * @throws {Error} when its handler is not behind {@link deadlineMiddleware}
 */
export function getDeadline(context: Context): Deadline {
  const deadline = deadlines.get(context);
  if (deadline === undefined)
    throw new Error('this invocation has no deadline: its handler needs the deadlineMiddleware');
  return deadline;
}
