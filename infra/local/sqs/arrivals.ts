import type { Clock } from '../clock';
import type { MessageIndex } from './message-index';

/** Tells who waits for the messages of a queue when there may be one: after a send, and when a hidden one becomes visible. */
export class Arrivals {
  private readonly listeners = new Set<() => void>();
  private wake: { readonly at: number; readonly cancel: () => void } | undefined;

  /** `settle` moves what is visible by now to the visible messages of `index`. */
  constructor(
    private readonly clock: Clock,
    private readonly index: MessageIndex,
    private readonly settle: () => void,
  ) {}

  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    this.setWake();
    return () => this.listeners.delete(listener);
  }

  /** Resolves when there may be a message, or `atMostMs` from now. */
  next(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        stop();
        resolve();
      };
      const cancel = this.clock.after(atMostMs, end);
      const stop = this.listen(end);
    });
  }

  /** Says that a message was put that is visible at an instant. */
  changed(visibleAt: number): void {
    if (visibleAt <= this.clock.now()) this.announce();
    else this.setWake();
  }

  /** Tells everybody once more, and nobody after that. */
  close(): void {
    this.announce();
    this.listeners.clear();
    this.wake?.cancel();
  }

  private announce(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private setWake(): void {
    const at = this.index.nextVisibleAt();
    if (at === undefined || this.listeners.size === 0 || (this.wake !== undefined && this.wake.at <= at)) return;
    this.wake?.cancel();
    const cancel = this.clock.after(Math.max(0, at - this.clock.now()), () => {
      this.wake = undefined;
      this.settle();
      this.announce();
      this.setWake();
    });
    this.wake = { at, cancel };
  }
}
