/** A priority queue: push and pop take O(log n). */
export class BinaryHeap<T> {
  private items: T[] = [];

  /** `isBefore` says which of two items is popped first. */
  constructor(private readonly isBefore: (a: T, b: T) => boolean) {}

  get size(): number {
    return this.items.length;
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    let index = this.items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(item, this.items[parent] as T)) break;
      this.items[index] = this.items[parent] as T;
      index = parent;
    }
    this.items[index] = item;
  }

  pop(): T | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (this.items.length > 0 && last !== undefined) this.sink(last);
    return first;
  }

  /** Drops every item that is not wanted any more. */
  keep(isWanted: (item: T) => boolean): void {
    const kept = this.items.filter(isWanted);
    this.items = [];
    for (const item of kept) this.push(item);
  }

  /** Puts `item` in the place of the first one and moves it down to where it belongs. */
  private sink(item: T): void {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.items.length) break;
      const right = child + 1;
      if (right < this.items.length && this.isBefore(this.items[right] as T, this.items[child] as T)) child = right;
      if (!this.isBefore(this.items[child] as T, item)) break;
      this.items[index] = this.items[child] as T;
      index = child;
    }
    this.items[index] = item;
  }
}
