import type { Clock } from '../../../infra/local/clock';

/** A clock that jumps from one timer to the next. */
export interface SimulatedClock extends Clock {
  /**
   * Lets timers fall due, each at its own instant and in the order in which they were set, until `isDone` holds or the clock
   * shows `untilMs` (epoch milliseconds). Between two timers everything runs that needs no time. Answers whether it is done.
   */
  run(untilMs: number, isDone: () => boolean): Promise<boolean>;
}

interface Timer {
  readonly atMs: number;
  /** Tells timers of one instant apart: the one set first falls due first. */
  readonly order: number;
  action: (() => void) | undefined;
}

/** A clock that shows `startMs`, in epoch milliseconds. */
export function simulatedClock(startMs: number): SimulatedClock {
  const timers = new TimerHeap();
  let nowMs = startMs;
  let order = 0;
  return {
    now: () => nowMs,
    after(delayMs, action) {
      order += 1;
      const timer: Timer = { atMs: nowMs + Math.max(0, delayMs), order, action };
      timers.push(timer);
      return () => {
        timer.action = undefined;
      };
    },
    async run(untilMs, isDone) {
      await settle();
      while (!isDone()) {
        const next = timers.peek();
        if (next === undefined || next.atMs > untilMs) {
          nowMs = Math.max(nowMs, untilMs);
          return isDone();
        }
        timers.pop();
        if (next.action === undefined) continue;
        nowMs = next.atMs;
        next.action();
        await settle();
      }
      return true;
    },
  };
}

/** Lets everything run that waits for no timer. Nothing in the simulation waits for a device. */
function settle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A binary heap: the timer that falls due first is at the top. */
class TimerHeap {
  private readonly heap: Timer[] = [];

  peek(): Timer | undefined {
    return this.heap[0];
  }

  push(timer: Timer): void {
    const { heap } = this;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfSooner(at, parent)) return;
      at = parent;
    }
  }

  pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const child = left + 1 < heap.length && this.isSooner(left + 1, left) ? left + 1 : left;
      if (child >= heap.length || !this.swapIfSooner(child, at)) return;
      at = child;
    }
  }

  private isSooner(at: number, than: number): boolean {
    const [one, other] = [this.heap[at] as Timer, this.heap[than] as Timer];
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
  }

  private swapIfSooner(at: number, parent: number): boolean {
    if (!this.isSooner(at, parent)) return false;
    const { heap } = this;
    [heap[at], heap[parent]] = [heap[parent] as Timer, heap[at] as Timer];
    return true;
  }
}
