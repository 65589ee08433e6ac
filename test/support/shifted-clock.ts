import { type Clock, systemClock } from '../../infra/local/clock';

/** A clock that runs like the computer's, some time before or after it. Functions see the shifted time too. */
export function shiftedClock(): Clock & { shiftBy(ms: number): void } {
  let shiftMs = 0;
  return {
    now: () => systemClock.now() + shiftMs,
    after: systemClock.after,
    shiftBy: (ms) => {
      shiftMs += ms;
    },
  };
}
