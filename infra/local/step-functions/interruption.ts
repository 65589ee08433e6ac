import type { Clock } from '../clock';
import type { ExecutionRecord } from './journal';

/** How an execution ended. */
export type Outcome = Pick<ExecutionRecord, 'status' | 'output' | 'error' | 'cause'>;

/** The reason with which an execution is told to take no further step, thrown through the interpreter. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  /** Without an `outcome` the room closes, and the execution stays as the store has it. */
  constructor(readonly outcome?: Outcome) {
    super();
  }
}

/**
 * Awaits `work`, which is not begun after an interruption. What it comes to after one is ignored.
 *
 * @throws {Interrupted} as soon as the execution is interrupted
 */
export async function unlessInterrupted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let interrupt = () => {};
  try {
    return await new Promise<T>((resolve, reject) => {
      interrupt = () => reject(signal.reason);
      signal.addEventListener('abort', interrupt);
      work().then(resolve, reject);
    });
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** The longest delay a timer of the platform takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** `rings` resolves once the clock shows `atMs`, however far away that is, unless it is cancelled before. */
export function alarmAt(clock: Clock, atMs: number): { rings: Promise<void>; cancel: () => void } {
  let cancel = () => {};
  const rings = new Promise<void>((resolve) => {
    const arm = () => {
      const delayMs = Math.min(Math.max(atMs - clock.now(), 0), MAX_TIMER_MS);
      cancel = clock.after(delayMs, () => (clock.now() >= atMs ? resolve() : arm()));
    };
    arm();
  });
  return { rings, cancel: () => cancel() };
}
