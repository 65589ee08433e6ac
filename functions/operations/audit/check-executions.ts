import type { Books, ExecutionEntry, OrderEntry } from './books';
import { isSettled, type Violation, violationOf } from './violation';

const violation = violationOf('executions');

/** Longer than a saga takes to begin, and to end after the order has its outcome. */
export const LAGGING_AFTER_MS = 5 * 60_000;

/** Step Functions forgets an execution so long after its end. */
const KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Every order has an execution, and is settled when one has succeeded; none goes on after that. Executions are read before the
 * orders, so one that had ended has left its outcome; an order may be ahead of its execution, for a while. One that failed is no
 * violation by itself: its order is parked, or taken up again, and stuck if it is not.
 */
export function checkExecutions({ orders, executions }: Books, now: number): Violation[] {
  if (!executions) return [];
  const byOrderId = new Map<string, ExecutionEntry[]>();
  for (const execution of executions) {
    const orderId = execution.name.replace(/-\d+$/, '');
    byOrderId.set(orderId, [...(byOrderId.get(orderId) ?? []), execution]);
  }
  return orders.flatMap((order) =>
    findProblems(order, byOrderId.get(order.orderId) ?? [], now).map((problem) => violation(order.orderId, problem)),
  );
}

function findProblems(order: OrderEntry, executions: readonly ExecutionEntry[], now: number): string[] {
  const { status, createdAt, updatedAt, confirmedAt } = order;
  const ageMs = now - Date.parse(createdAt);
  if (executions.length === 0) {
    return ageMs > LAGGING_AFTER_MS && ageMs < KEPT_MS ? [`is ${status} and has no execution`] : [];
  }
  const isLate = isSettled(order) && now - Date.parse(updatedAt) > LAGGING_AFTER_MS;
  const isDone = (saga: string) => executions.some((one) => one.saga === saga && one.status === 'SUCCEEDED');
  const isPlaced = isSettled(order) || confirmedAt !== undefined;
  return [
    ...(isLate && executions.some((one) => one.status === 'RUNNING')
      ? [`is ${status} since ${updatedAt}, and has an execution that is RUNNING`]
      : []),
    ...(isDone('place-order') && !isPlaced ? [`is ${status}, its execution has SUCCEEDED`] : []),
    ...(isDone('cancel-order') && !isSettled(order) ? [`is ${status}, its cancellation has SUCCEEDED`] : []),
  ];
}
