import type { LocalSystem } from './local-system';

const MINUTE = 60_000;

/** Longer than the sweeper leaves an order alone, with time for a few attempts. */
const MAX_MINUTES = 30;

/** So long a minute's run of the sweeper is waited for; its function may have to start first. */
const RUN_MS = 5_000;

/**
 * Puts the clock of a system forward, minute by minute, until the sweeper has taken an order up, and answers the order when it has
 * come to its end. The clock stands no more jumps while its saga is at work: steps would run out of time.
 */
export async function sweepUntilSettled(
  system: Pick<LocalSystem, 'logs' | 'settled'>,
  clock: { shiftBy(ms: number): void },
  orderId: string,
) {
  const count = (...words: string[]) =>
    system.logs.filter(({ text }) => words.every((word) => text.includes(word))).length;
  const isTakenUp = () => count('saga taken up', orderId) > 0;
  for (let minute = 0; minute < MAX_MINUTES && !isTakenUp(); minute += 1) {
    const runs = count('job done');
    clock.shiftBy(MINUTE);
    const giveUpAt = Date.now() + RUN_MS;
    while (count('job done') === runs && !isTakenUp() && Date.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  if (!isTakenUp()) throw new Error(`order ${orderId} was not taken up in ${MAX_MINUTES} minutes`);
  return system.settled(orderId);
}
