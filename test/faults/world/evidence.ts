import type { Books } from '../../../functions/operations/audit/books';
import type { FoundViolation, Plan, Strike } from '../simulation';
import type { RefusedRequest } from './api';
import type { PublishedEvent } from './bus';
import type { MessageEntry, NotificationEntry } from './check-effects';
import type { ClientRecord } from './client-record';
import type { Forged } from './forgeries';
import type { HandOver } from './hand-overs';
import type { OrderVersions } from './order-versions';
import type { TaskRecord } from './task-clients';
import type { Transition } from './transitions';

/** What a simulation leaves for the checks: what was wanted, what was answered, what is written down. */
export interface Evidence {
  readonly plan: Plan;
  readonly clients: readonly ClientRecord[];
  readonly tasks: readonly TaskRecord[];
  readonly versions: OrderVersions['all'];
  /** The Idempotency-Keys that the parties were sent for each request, such as `ord_x provider POST /charges`. */
  readonly partyKeys: ReadonlyMap<string, ReadonlySet<string>>;
  readonly strikes: readonly Strike[];
  readonly refused: readonly RefusedRequest[];
  /** What the carrier has taken, as the carrier says. */
  readonly handedOver: readonly HandOver[];
  /** Every line that a function has logged. */
  readonly logs: readonly string[];
  readonly books: Books;
  /** What was committed and had to be told. */
  readonly transitions: readonly Transition[];
  /** What the bus has taken, what was forged included. */
  readonly published: readonly PublishedEvent[];
  readonly forged: readonly Forged[];
  /** The texts of what is among the dead letters at the end. */
  readonly deadLetters: readonly string[];
  readonly notifications: readonly NotificationEntry[];
  /** What the sender has in its books. */
  readonly messages: readonly MessageEntry[];
}

/** How far an index is behind its table at the most, in this simulation. Epoch seconds are all that a stream record tells. */
export const LAG_MS = 60_000;

/** Looks for what must never be. It trusts neither the code under test nor its audit, and computes all anew. */
export type Check = (evidence: Evidence) => FoundViolation[];

/** An order with an outcome: what was bought is kept, or everything is undone. Undefined while there is none. */
export function outcomeOf(status: string | undefined): 'kept' | 'undone' | undefined {
  if (status === 'CONFIRMED') return 'kept';
  return status === 'REJECTED' || status === 'CANCELLED' ? 'undone' : undefined;
}

/** What an order costs by the prices of the plan, in cents. */
export function totalOf({ stock }: Plan, lines: ReadonlyArray<{ sku: string; quantity: number }>): number {
  const prices = new Map(stock.map(({ sku, unitPriceCents }) => [sku, unitPriceCents]));
  return lines.reduce((sum, { sku, quantity }) => sum + quantity * (prices.get(sku) ?? Number.NaN), 0);
}
