import type { Contender } from '../contender';

/**
 * What most libraries do by default, each instance by itself: five failures in a row open it, after ten seconds one call is tried, and
 * when that goes well it is closed. The figures are those of cockatiel's own example.
 *
 * @see connor4312/cockatiel readme.md, `ConsecutiveBreaker(5)` with `halfOpenAfter: 10 * 1000`
 */
export function consecutiveFailures(threshold = 5, openMs = 10_000): Contender {
  return {
    name: 'each instance alone, 5 in a row',
    isAlone: true,
    start: (world) => ({
      instance(index) {
        const clock = world.clockOf(index);
        let failures = 0;
        let openedAt: number | undefined;
        let isTrying = false;
        return async (work) => {
          const isTrial = openedAt !== undefined;
          if (openedAt !== undefined && (isTrying || clock.now() < openedAt + openMs)) return;
          isTrying = isTrial;
          try {
            await work(isTrial);
            failures = 0;
            if (isTrial) world.noteChange('closed', index);
            if (isTrial) openedAt = undefined;
          } catch {
            failures += 1;
            if (!isTrial && (openedAt !== undefined || failures < threshold)) return;
            openedAt = clock.now();
            world.noteChange(isTrial ? 'reopened' : 'opened', index);
          } finally {
            if (isTrial) isTrying = false;
          }
        };
      },
      requests: () => ({ reads: 0, writes: 0 }),
    }),
  };
}
