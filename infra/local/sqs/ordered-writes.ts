import type { Change, KeyValueStore } from '../storage/key-value-store';

/**
 * Writes to a store one after the other, in the order in which they were asked for. What is asked for during a write goes into
 * the next one together, so that many small changes at once cost few writes.
 */
export class OrderedWrites {
  private pending: Change[] = [];
  private next: Promise<void> | undefined;
  private current: Promise<void> = Promise.resolve();
  private isWriting = false;

  constructor(private readonly store: KeyValueStore) {}

  /** Resolves when the changes are in the store: all of them, or none. */
  write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    if (!this.isWriting) return this.begin(changes);
    for (const change of changes) this.pending.push(change);
    this.next ??= this.current.catch(() => undefined).then(() => this.writePending());
    return this.next;
  }

  /** Resolves when nothing is left to write. */
  async done(): Promise<void> {
    while (this.isWriting) await this.current.catch(() => undefined);
  }

  private writePending(): Promise<void> {
    const together = this.pending;
    this.pending = [];
    this.next = undefined;
    return this.begin(together);
  }

  private begin(changes: readonly Change[]): Promise<void> {
    this.isWriting = true;
    this.current = this.store.write(changes).finally(() => {
      this.isWriting = this.next !== undefined;
    });
    return this.current;
  }
}
