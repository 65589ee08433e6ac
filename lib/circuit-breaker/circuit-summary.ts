import type { CircuitItem, ForcedMode } from './circuit-item';
import { failuresIn } from './window';

/** A circuit as operators see it. */
export interface CircuitSummary {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly mode: 'auto' | ForcedMode;
  /** In the window. */
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly openedAt?: number;
  /** When a probe may be sent. Absent while none is awaited. */
  readonly retryAt?: number;
}

/** The circuit at an instant; a circuit without an item has never had anything to tell. */
export function summarize(item: CircuitItem | undefined, now: number, windowMs: number): CircuitSummary {
  if (!item) return { state: 'CLOSED', mode: 'auto', failures: 0 };
  const mode = item.mode ?? 'auto';
  const failures = failuresIn(item.slots, now, windowMs);
  const openedAt = item.openedAt === undefined ? {} : { openedAt: item.openedAt };
  if (mode === 'forced-closed') return { state: 'CLOSED', mode, failures };
  if (mode === 'isolated') return { state: 'OPEN', mode, failures, ...openedAt };
  if (item.state === 'CLOSED') return { state: 'CLOSED', mode, failures };
  const state = now < item.until ? 'OPEN' : 'HALF_OPEN';
  return { state, mode, failures, ...openedAt, retryAt: item.until };
}
