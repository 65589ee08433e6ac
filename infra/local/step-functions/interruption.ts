import type { Clock } from '../clock';

/** Thrown through the interpreter when its execution is to take no further step. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Lets others end an execution while it waits for something. The first reason given stays. */
export class Interruption<Reason> {
  #reason: Reason | undefined;
  #wake: (() => void) | undefined;

  get reason(): Reason | undefined {
    return this.#reason;
  }

  interrupt(reason: Reason): void {
    this.#reason ??= reason;
    this.#wake?.();
  }

  /** @throws {Interrupted} when the execution is interrupted */
  check(): void {
    if (this.#reason !== undefined) throw new Interrupted();
  }

  /**
   * Awaits `work`, which is not begun after an interruption. What it comes to after one is ignored.
   *
   * @throws {Interrupted} as soon as the execution is interrupted
   */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#wake = () => reject(new Interrupted());
        work().then(resolve, reject);
      });
    } finally {
      this.#wake = undefined;
    }
  }
}

/** The longest delay a timer of the platform takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Runs `action` once the clock shows `atMs`, however far away that is; returns a function that cancels it. */
export function alarmAt(clock: Clock, atMs: number, action: () => void): () => void {
  let cancel = arm();
  function arm(): () => void {
    const delayMs = Math.min(Math.max(atMs - clock.now(), 0), MAX_TIMER_MS);
    return clock.after(delayMs, () => {
      if (clock.now() >= atMs) action();
      else cancel = arm();
    });
  }
  return () => cancel();
}
