import type { Clock } from '../clock';

/**
 * Tells the time, and wakes a caller that waits. Nothing that a circuit decides hangs on a timer, since a Lambda function is frozen
 * between its invocations: timers only bound how long a caller waits for the store, and tell that a call under way has become slow.
 */
export interface CircuitClock extends Clock {
  /** Runs `action` once after `delayMs`, unless the function that it answers is called before. */
  after(delayMs: number, action: () => void): () => void;
}

export const systemCircuitClock: CircuitClock = {
  now: Date.now,
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** What came of waiting: an answer, or nothing within the time. */
export type Waited<T> = { readonly answer: T } | undefined;

/** Waits for an answer, but not longer than `limitMs`. What comes later, or fails, is its sender's business. Never rejects. */
export function waitAtMost<T>(clock: CircuitClock, limitMs: number, work: Promise<T>): Promise<Waited<T>> {
  return new Promise((resolve) => {
    const cancel = clock.after(limitMs, () => resolve(undefined));
    const end = (waited: Waited<T>) => {
      cancel();
      resolve(waited);
    };
    work.then(
      (answer) => end({ answer }),
      () => end(undefined),
    );
  });
}
