import type { Clock } from '../../../../infra/local/clock';

/** A clock that stands still until `advance` moves it, running what falls due on the way in its order. */
export function movedClock(startAt: number): Clock & { advance(byMs: number): Promise<void>; pendingCount(): number } {
  let now = startAt;
  let timers: Array<{ dueAt: number; action: () => void }> = [];

  return {
    now: () => now,
    after(delayMs, action) {
      const timer = { dueAt: now + delayMs, action };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    async advance(byMs) {
      const end = now + byMs;
      for (;;) {
        await settle();
        const next = timers.filter((timer) => timer.dueAt <= end).sort((a, b) => a.dueAt - b.dueAt)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = next.dueAt;
        next.action();
      }
      now = end;
      await settle();
    },
    pendingCount: () => timers.length,
  };
}

/** Lets every promise that can go on without time or the network do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
