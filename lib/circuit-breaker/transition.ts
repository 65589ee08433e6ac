import type { ItemUpdate } from './circuit-store';

/** What one write did to a circuit. Whoever made the write is told, and nobody else. */
export interface Transition {
  /** `reopened`: a probe has failed, and the circuit stays open for longer. The others change the epoch. */
  readonly kind: 'opened' | 'reopened' | 'closed';
  readonly service: string;
  readonly circuit: string;
  readonly epoch: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly cause: 'failures' | 'probe' | 'operator';
  /** In the window when it opened; 0 otherwise. */
  readonly failures: number;
  /** When a probe may be sent, in epoch milliseconds; absent when it closed, or an operator keeps it open. */
  readonly retryAt?: number;
}

/** What is written together with a transition of the kinds `opened` and `closed`, such as the events of an outbox. */
export type Annotate = (transition: Transition) => Pick<ItemUpdate, 'set' | 'add'>;

/** The name by which people know a circuit: `<service>-<circuit>`. */
export function circuitTitle({ service, circuit }: { readonly service: string; readonly circuit: string }): string {
  return `${service}-${circuit}`;
}
