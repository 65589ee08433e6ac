/** The one source of time of the local cloud. Every room gets it as an argument, so that a test can move it. */
export interface Clock {
  /** The current instant in epoch milliseconds. */
  now(): number;
  /** Runs `action` once, `delayMs` from now; returns a function that cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

/** The computer's own clock. Its timers do not keep the process alive: the servers do. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves `delayMs` from now on the given clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
