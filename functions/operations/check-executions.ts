import type { Books, ExecutionEntry, OrderEntry } from './books';
import { isSettled, type Violation, violationOf } from './violation';

const violation = violationOf('executions');

/** Longer than a saga takes to begin, and to end after the order has its outcome. */
export const LAGGING_AFTER_MS = 5 * 60_000;

/** Step Functions forgets an execution so long after its end. */
const KEPT_MS = 90 * 24 * 3_600_000;

/**
 * Every order has its execution, and is settled as that one ended. Executions are read before the orders, so one that had
 * ended has left its outcome; an order may be ahead of its execution, for a while.
 *
 * A failed execution is parked: its order waits for people, or has been put right since. One that fails otherwise has
 * failed silently.
 */
export function checkExecutions({ orders, executions }: Books, now: number): Violation[] {
  if (!executions) return [];
  const byName = new Map(executions.map((execution) => [execution.name, execution]));
  return orders.flatMap((order) => {
    const problem = findProblem(order, byName.get(order.orderId)?.status, now);
    return problem === undefined ? [] : [violation(order.orderId, problem)];
  });
}

function findProblem(order: OrderEntry, execution: ExecutionEntry['status'] | undefined, now: number) {
  const { status, createdAt, updatedAt } = order;
  switch (execution) {
    case undefined: {
      const ageMs = now - Date.parse(createdAt);
      return ageMs > LAGGING_AFTER_MS && ageMs < KEPT_MS ? `is ${status} and has no execution` : undefined;
    }
    case 'RUNNING': {
      // A parked order's execution runs again when it is redriven.
      const isLate = isSettled(order) && now - Date.parse(updatedAt) > LAGGING_AFTER_MS;
      return isLate ? `is ${status} since ${updatedAt}, its execution is RUNNING` : undefined;
    }
    case 'SUCCEEDED':
      return isSettled(order) ? undefined : `is ${status}, its execution has SUCCEEDED`;
    default:
      return status === 'PENDING' || status === 'CONFIRMED'
        ? `is ${status}, its execution has ${execution}`
        : undefined;
  }
}
