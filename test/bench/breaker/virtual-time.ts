/** How many events are started in one turn of the event loop; each has a turn of its own for what it sets off. */
const EVENTS_IN_A_TURN = 64;

interface Event {
  readonly at: number;
  /** Events of one instant happen in the order in which they were asked for. */
  readonly order: number;
  readonly action: () => void;
  isCancelled: boolean;
}

/**
 * Time that passes from event to event. Whatever an event sets off by promises is over before the next one happens, so that real
 * asynchronous code runs in it unchanged, and the same run is the same each time.
 */
export class VirtualTime {
  /** In milliseconds, with fractions. */
  now: number;
  private readonly heap: Event[] = [];
  private asked = 0;

  constructor(startAt: number) {
    this.now = startAt;
  }

  /** Runs `action` after `delayMs`, unless the function that it answers is called before. */
  after(delayMs: number, action: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, delayMs), order: this.asked, action, isCancelled: false };
    this.asked += 1;
    this.push(event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Lets everything happen that is due up to an instant. Rejects with what an action throws. */
  runUntil(at: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let left = 0;
      // Between two immediates every promise that can settle does; some of them in a turn are ten times as fast as one in each.
      const turn = () => {
        left = EVENTS_IN_A_TURN;
        for (let count = 0; count < EVENTS_IN_A_TURN; count += 1) setImmediate(step);
      };
      let isOver = false;
      const step = () => {
        left -= 1;
        if (!isOver) {
          try {
            isOver = !this.happen(at);
          } catch (error) {
            isOver = true;
            reject(error);
          }
        }
        if (left > 0) return;
        if (!isOver) return turn();
        this.now = Math.max(this.now, at);
        resolve();
      };
      turn();
    });
  }

  /** The next event; `false` when none is due up to an instant. */
  private happen(until: number): boolean {
    for (let next = this.heap[0]; next !== undefined && next.at <= until; next = this.heap[0]) {
      this.pop();
      if (next.isCancelled) continue;
      this.now = next.at;
      next.action();
      return true;
    }
    return false;
  }

  private push(event: Event): void {
    const { heap } = this;
    let place = heap.push(event) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above] as Event;
      if (isBefore(parent, event)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = event;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop() as Event;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const smaller = right < heap.length && isBefore(heap[right] as Event, heap[left] as Event) ? right : left;
      const child = heap[smaller] as Event;
      if (!isBefore(child, last)) break;
      heap[place] = child;
      place = smaller;
    }
    heap[place] = last;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
