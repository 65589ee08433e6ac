import type { Books } from './books';
import { type Violation, violationOf } from './violation';

const violation = violationOf('orders');

/**
 * Longer than the budgets of every step and undo together, after the time for which the sweeper leaves an Express saga alone. Most of it is
 * for undos that wait until the circuit to their party closes.
 */
export const STUCK_AFTER_MS = 3 * 3_600_000;

const STATUSES = ['PENDING', 'CONFIRMED', 'CANCELLING', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'];

/** An order is in a state that exists, is not confirmed after it was given up, and stays neither open nor half taken back. */
export function checkOrders({ orders }: Books, now: number): Violation[] {
  return orders.flatMap(({ orderId, status, createdAt, abandonedAt, cancelRequestedAt }): Violation[] => {
    if (!STATUSES.includes(status)) return [violation(orderId, `has the status ${status}`)];
    const found: Violation[] = [];
    if (status === 'PENDING' && now - Date.parse(createdAt) > STUCK_AFTER_MS) {
      found.push(violationOf('stuck orders')(orderId, `is PENDING since ${createdAt}`));
    }
    if (status === 'CANCELLING' && now - Date.parse(cancelRequestedAt ?? createdAt) > STUCK_AFTER_MS) {
      found.push(violationOf('stuck orders')(orderId, `is CANCELLING since ${cancelRequestedAt}`));
    }
    if (status === 'CONFIRMED' && abandonedAt !== undefined) {
      found.push(violation(orderId, `is CONFIRMED, and was abandoned at ${abandonedAt}`));
    }
    return found;
  });
}
