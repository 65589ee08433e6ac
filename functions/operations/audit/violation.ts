import type { Books, OrderEntry } from './books';

/** A statement that must hold over all books and does not. */
export interface Violation {
  readonly invariant: Invariant;
  /** The order, SKU or queue. */
  readonly subject: string;
  /** What is wrong, after the subject, with the figures that do not agree. */
  readonly detail: string;
}

export type Invariant = 'money' | 'stock' | 'shipments' | 'orders' | 'stuck orders' | 'executions' | 'dead letters';

/** Makes the violations of one invariant. */
export const violationOf =
  (invariant: Invariant) =>
  (subject: string, detail: string): Violation => ({ invariant, subject, detail });

/** The order has come to nothing: everything of it must be undone. */
export function isUndone({ status }: OrderEntry): boolean {
  return status === 'REJECTED' || status === 'CANCELLED';
}

/** The order has an outcome that nobody changes any more, neither a saga nor people. */
export function isSettled(order: OrderEntry): boolean {
  return order.status === 'CONFIRMED' || isUndone(order);
}

export function byOrder<Entry extends { readonly orderId: string }>(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.orderId);
    if (group) group.push(entry);
    else groups.set(entry.orderId, [entry]);
  }
  return groups;
}

/** The orders that entries in `status` name and that are not in the books. */
export function withoutOrder(
  books: Books,
  entries: ReadonlyArray<{ orderId: string; status: string }>,
  status: string,
): string[] {
  const known = new Set(books.orders.map(({ orderId }) => orderId));
  return entries.filter((entry) => entry.status === status && !known.has(entry.orderId)).map(({ orderId }) => orderId);
}
