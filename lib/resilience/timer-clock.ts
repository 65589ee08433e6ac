import type { Clock } from '../clock';

/** Tells the time and wakes who waits. An argument, so that a test can move both. */
export interface TimerClock extends Clock {
  /** Runs `action` once, `delayMs` from now; returns a function that cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

/** The computer's own. Its timers keep the process alive: each stands for a call that somebody waits for. */
export const systemTimerClock: TimerClock = {
  now: Date.now,
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves `delayMs` from now; later when the process was frozen in between. */
export function sleep(clock: TimerClock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
