import type { Change, KeyValueStore } from '../storage/key-value-store';

/**
 * Writes to a store one after the other, in the order in which they were asked for. What is asked for during a write goes into
 * the next one together, so that many small changes at once cost few writes.
 */
export class OrderedWrites {
  private readonly pending: Change[] = [];
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly store: KeyValueStore) {}

  /** Resolves when the changes are in the store: all of them, or none. */
  write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    const isFirst = this.pending.length === 0;
    this.pending.push(...changes);
    if (isFirst) this.last = this.done().then(() => this.store.write(this.pending.splice(0)));
    return this.last;
  }

  /** Resolves when what was asked for so far is written, or has failed. */
  done(): Promise<void> {
    return this.last.catch(() => undefined);
  }
}
