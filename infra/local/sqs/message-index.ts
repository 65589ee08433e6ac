import { BinaryHeap } from './binary-heap';
import type { Message } from './message';

/** Heaps keep what was deleted or changed until it comes to the top, but never more of it than this, besides the live ones. */
const SPARE_ENTRIES = 1000;

/**
 * The messages of one queue in memory: which can be received, oldest first, and which are hidden and until when. Putting and
 * taking one is O(log n).
 */
export class MessageIndex {
  private readonly visible = new Map<string, Message>();
  private readonly hidden = new Map<string, Message>();
  private readonly visibleOrder = new BinaryHeap<Message>((a, b) => a.key < b.key);
  private readonly hiddenOrder: BinaryHeap<Message>;
  private delayedCount = 0;

  constructor(private readonly retentionMs: number) {
    this.hiddenOrder = new BinaryHeap<Message>((a, b) => this.hiddenUntil(a) < this.hiddenUntil(b));
  }

  find(key: string): Message | undefined {
    return this.visible.get(key) ?? this.hidden.get(key);
  }

  isHidden(key: string): boolean {
    return this.hidden.has(key);
  }

  keys(): string[] {
    return [...this.visible.keys(), ...this.hidden.keys()];
  }

  /** Adds a message, or takes it as the new state of the one with the same key. */
  put(message: Message, now: number): void {
    this.remove(message.key);
    if (message.visibleAt > now) {
      this.hidden.set(message.key, message);
      if (message.receiveCount === 0) this.delayedCount += 1;
      addTo(this.hiddenOrder, message, this.hidden);
    } else {
      this.visible.set(message.key, message);
      addTo(this.visibleOrder, message, this.visible);
    }
  }

  remove(key: string): void {
    if (this.hidden.get(key)?.receiveCount === 0) this.delayedCount -= 1;
    this.hidden.delete(key);
    this.visible.delete(key);
  }

  /** Shows what was hidden until now, and drops what is older than the retention; returns the keys of the latter. */
  settle(now: number): string[] {
    const expired: string[] = [];
    for (let next = this.nextHidden(); next && this.hiddenUntil(next) <= now; next = this.nextHidden()) {
      this.remove(next.key);
      if (this.isExpired(next, now)) expired.push(next.key);
      else this.put(next, now);
    }
    for (let next = this.peek(); next && this.isExpired(next, now); next = this.peek()) {
      expired.push(next.key);
      this.remove(next.key);
    }
    return expired;
  }

  /** Removes and returns the oldest visible message. */
  shift(): Message | undefined {
    const message = this.peek();
    if (message !== undefined) this.remove(message.key);
    return message;
  }

  /** From when on another message will be visible, if one is hidden. */
  nextVisibleAt(): number | undefined {
    const next = this.nextHidden();
    return next && this.hiddenUntil(next);
  }

  counts(): { visible: number; inFlight: number; delayed: number } {
    return { visible: this.visible.size, inFlight: this.hidden.size - this.delayedCount, delayed: this.delayedCount };
  }

  private peek(): Message | undefined {
    return firstLive(this.visibleOrder, this.visible);
  }

  private nextHidden(): Message | undefined {
    return firstLive(this.hiddenOrder, this.hidden);
  }

  private hiddenUntil(message: Message): number {
    return Math.min(message.visibleAt, message.sentAt + this.retentionMs + 1);
  }

  private isExpired(message: Message, now: number): boolean {
    return message.sentAt + this.retentionMs < now;
  }
}

function addTo(order: BinaryHeap<Message>, message: Message, live: ReadonlyMap<string, Message>): void {
  order.push(message);
  if (order.size > 2 * live.size + SPARE_ENTRIES) order.keep((entry) => live.get(entry.key) === entry);
}

function firstLive(order: BinaryHeap<Message>, live: ReadonlyMap<string, Message>): Message | undefined {
  for (let first = order.peek(); first !== undefined; first = order.peek()) {
    if (live.get(first.key) === first) return first;
    order.pop();
  }
  return undefined;
}
