import type { FoundViolation } from '../simulation';
import { outcomeOf } from './evidence';
import type { OrderVersions } from './order-versions';

/** How a simulation ended. */
export interface End {
  /** Whether nothing was under way any more. */
  readonly isQuiet: boolean;
  readonly versions: OrderVersions['all'];
  readonly deadLetters: number;
}

/** Everything came to its end in time: each order, and what was given up on the way. */
export function checkEnd({ isQuiet, versions, deadLetters }: End): FoundViolation[] {
  const stuck = [...versions].flatMap(([orderId, all]) => {
    const status = all.at(-1)?.row?.status;
    return outcomeOf(status) === undefined ? [{ rule: 'stuck', detail: `${orderId} is ${status}` }] : [];
  });
  if (!isQuiet && stuck.length === 0) stuck.push({ rule: 'stuck', detail: 'something is still under way' });
  if (deadLetters > 0) stuck.push({ rule: 'dead letters', detail: `${deadLetters} batches were given up` });
  return stuck;
}
