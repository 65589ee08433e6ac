import { type Clock, systemClock } from '../../infra/local/clock';

interface Timer {
  readonly dueAt: number;
  readonly action: () => void;
  cancel: () => void;
}

/**
 * A clock that runs like the computer's and can be put forward: what is due by then happens at once, in order. Functions see the
 * shifted time too.
 */
export function shiftedClock(): Clock & { shiftBy(ms: number): void } {
  let shiftMs = 0;
  const timers = new Set<Timer>();
  const now = () => systemClock.now() + shiftMs;

  function start(timer: Timer): void {
    timer.cancel = systemClock.after(Math.max(0, timer.dueAt - now()), () => {
      timers.delete(timer);
      timer.action();
    });
  }

  return {
    now,
    after(delayMs, action) {
      const timer: Timer = { dueAt: now() + delayMs, action, cancel: () => undefined };
      timers.add(timer);
      start(timer);
      return () => {
        timer.cancel();
        timers.delete(timer);
      };
    },
    shiftBy(ms) {
      shiftMs += ms;
      const pending = [...timers].sort((a, b) => a.dueAt - b.dueAt);
      for (const timer of pending) {
        timer.cancel();
        start(timer);
      }
    },
  };
}
