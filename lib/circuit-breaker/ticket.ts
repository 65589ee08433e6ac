import type { CircuitItem } from './circuit-item';

/**
 * A call that was let through, and what must be known of it when it ends. `uncounted`: an operator lets every call through, and
 * nothing is counted.
 */
export class Ticket {
  isSettled = false;
  /** Stops the watch over a call that may become slow. */
  unwatch: (() => void) | undefined;

  constructor(
    readonly kind: 'plain' | 'probe' | 'local probe' | 'uncounted',
    /** The epoch of the fleet's circuit in which it began. */
    readonly epoch: number | undefined | null,
    /** The generation of the local circuit in which it began. */
    readonly generation: number,
    /** Of a probe, the item under its lease. */
    readonly leased: CircuitItem | undefined,
  ) {}

  settle(): void {
    this.isSettled = true;
    this.unwatch?.();
  }
}
