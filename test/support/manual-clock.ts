import type { Clock } from '../../infra/local/clock';

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /**
   * Moves the clock forward by `ms` (0 is allowed). On the way every action that falls due runs at its own time, and
   * what it sets off is let run before the clock moves on, so that timers set by it fall due as well.
   */
  advance(ms: number): Promise<void>;
}

/** A clock that shows `startMs`, in epoch milliseconds. */
export function manualClock(startMs: number): ManualClock {
  const timers = new Set<{ atMs: number; action: () => void }>();
  let nowMs = startMs;

  function nextDue(untilMs: number): { atMs: number; action: () => void } | undefined {
    const due = [...timers].filter(({ atMs }) => atMs <= untilMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }

  return {
    now: () => nowMs,
    after(delayMs, action) {
      const timer = { atMs: nowMs + delayMs, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        nowMs = timer.atMs;
        timer.action();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}

/** Lets every promise that can settle without a timer or a device do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
