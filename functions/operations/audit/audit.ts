import type { Books } from './books';
import { checkDeadLetters } from './check-dead-letters';
import { checkExecutions } from './check-executions';
import { checkMoney } from './check-money';
import { checkOrders } from './check-orders';
import { checkSales } from './check-sales';
import { checkShipments } from './check-shipments';
import { checkStock } from './check-stock';
import type { Violation } from './violation';

export interface AuditReport {
  readonly ok: boolean;
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Recomputes what must hold over the books of all services and of the outside parties. An order under way may be anywhere
 * between its steps, so only what is settled is judged by its outcome; a parked one is counted, its money and stock are
 * people's business.
 */
export function audit(books: Books, now: number): AuditReport {
  const violations = [
    ...checkOrders(books, now),
    ...checkExecutions(books, now),
    ...checkMoney(books),
    ...checkShipments(books),
    ...checkStock(books, now),
    ...checkSales(books, now),
    ...checkDeadLetters(books),
  ];
  return { ok: violations.length === 0, violations, counts: countAll(books) };
}

function countAll(books: Books): Record<string, number> {
  const { orders, payments, shipments, stock, charges, parcels, executions, failureQueues } = books;
  const counts: Record<string, number> = {
    orders: orders.length,
    payments: payments.length,
    shipments: shipments.length,
    skus: stock.length,
    ...(charges && { charges: charges.length }),
    ...(parcels && { parcels: parcels.length }),
    ...(executions && { executions: executions.length }),
    ...(failureQueues && { deadLetters: failureQueues.reduce((sum, { messages }) => sum + messages, 0) }),
  };
  for (const { status } of orders) counts[`orders ${status}`] = (counts[`orders ${status}`] ?? 0) + 1;
  return counts;
}
