import type { LocalSystem } from './local-system';

const MINUTE = 60_000;

/** Longer than the sweeper leaves an order alone, with time for a few attempts. */
const MAX_MINUTES = 30;

/** So long a minute's run of the sweeper is waited for; its function may have to start first. */
const RUN_MS = 5_000;

type System = Pick<LocalSystem, 'logs' | 'settled'>;
type MovedClock = { shiftBy(ms: number): void };

/** How many lines of the functions' logs have all the words. */
function count({ logs }: System, ...words: string[]): number {
  return logs.filter(({ text }) => words.every((word) => text.includes(word))).length;
}

/** Puts the clock of a system forward by a minute, and waits for the run of the sweeper that is due then. */
export async function sweepOnce(system: System, clock: MovedClock): Promise<void> {
  const runs = count(system, 'job done');
  clock.shiftBy(MINUTE);
  const giveUpAt = Date.now() + RUN_MS;
  while (count(system, 'job done') === runs && Date.now() < giveUpAt) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Puts the clock forward, minute by minute, until the sweeper has taken an order up. It stands no more jumps while the saga is at
 * work: steps would run out of time.
 */
export async function sweepUntilTakenUp(system: System, clock: MovedClock, orderId: string): Promise<void> {
  for (let minute = 0; minute < MAX_MINUTES; minute += 1) {
    if (count(system, 'saga taken up', orderId) > 0) return;
    await sweepOnce(system, clock);
  }
  throw new Error(`order ${orderId} was not taken up in ${MAX_MINUTES} minutes`);
}

/** The same, and then the order when it has come to its end. */
export async function sweepUntilSettled(system: System, clock: MovedClock, orderId: string) {
  await sweepUntilTakenUp(system, clock, orderId);
  return system.settled(orderId);
}
