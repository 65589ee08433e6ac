import type { FoundViolation } from '../simulation';
import type { Check } from './evidence';
import { isAlike } from './is-alike';
import type { OrderVersion } from './order-versions';

/** The ways that an order may go, written down once more on purpose: what the code under test allows is not asked. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  PENDING: ['CONFIRMED', 'REJECTED', 'CANCELLED', 'NEEDS_ATTENTION'],
  CONFIRMED: ['CANCELLING'],
  CANCELLING: ['CANCELLED', 'CONFIRMED', 'NEEDS_ATTENTION'],
  NEEDS_ATTENTION: ['REJECTED', 'CANCELLED', 'CONFIRMED'],
  REJECTED: [],
  CANCELLED: [],
};

/** What stays as it was when the order was accepted. */
const FIXED = ['customerId', 'totalCents', 'currency', 'items', 'createdAt', 'requestHash'] as const;

/** Every version of every order follows from the one before it; a final one is the last; none is deleted. */
export const checkVersions: Check = ({ versions }) =>
  [...versions].flatMap(([orderId, all]) => {
    const found: FoundViolation[] = [];
    let before: OrderVersion | undefined;
    for (const [index, { row }] of all.entries()) {
      const why = index === 0 ? startsWrongly(row) : breaks(before, row);
      if (why !== undefined) found.push({ rule: 'order versions', detail: `${orderId} ${why}` });
      before = row;
    }
    return found;
  });

function startsWrongly(row: OrderVersion | undefined): string | undefined {
  return row?.status === 'PENDING' ? undefined : `begins as ${row?.status}`;
}

function breaks(before: OrderVersion | undefined, row: OrderVersion | undefined): string | undefined {
  if (!before || !row) return 'is deleted';
  if (row.status !== before.status && !EDGES[before.status]?.includes(row.status)) {
    return `goes from ${before.status} to ${row.status}`;
  }
  const changed = FIXED.find((name) => !isAlike(row[name], before[name]));
  return changed && `changes its ${changed}`;
}
