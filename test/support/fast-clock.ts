import { type Clock, systemClock } from '../../infra/local/clock';

/** A clock that runs `factor` times as fast as the computer's: waits of the local cloud take that much less time. */
export function fastClock(factor: number): Clock {
  const startMs = systemClock.now();
  return {
    now: () => Math.floor(startMs + (systemClock.now() - startMs) * factor),
    after: (delayMs, action) => systemClock.after(delayMs / factor, action),
  };
}
