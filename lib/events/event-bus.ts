import type { BusEvent } from './event-envelope';

/** The longest that a put takes, connecting included, and however many requests it makes of it. */
export const PUT_TIMEOUT_MS = 6_000;

/** The bus, as the relay sees it. */
export interface EventBus {
  /** Puts events on it, each with an outcome of its own, in the same order. Does not throw. */
  put(events: readonly BusEvent[]): Promise<PutOutcome[]>;
}

/** What became of one event: it is on the bus; it is not, and may be tomorrow; it never will be. `code` is for the log. */
export type PutOutcome =
  | { readonly kind: 'published' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'refused'; readonly code: string };
