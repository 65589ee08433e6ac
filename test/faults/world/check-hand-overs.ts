import type { FoundViolation } from '../simulation';
import { type Check, outcomeOf } from './evidence';

/**
 * What the carrier has in its hands stays sold: its order is kept. And only that keeps an order whose cancellation was accepted,
 * or refuses the cancellation of one that stays.
 */
export const checkHandOvers: Check = ({ clients, versions, handedOver }) => {
  const found: FoundViolation[] = [];
  const taken = new Map(handedOver.map(({ orderId, at }) => [orderId, at]));
  for (const { orderId, cancellations } of clients) {
    const note = (what: string) => found.push({ rule: 'cancellations', detail: `${orderId} ${what}` });
    const row = versions.get(orderId)?.at(-1)?.row;
    const outcome = outcomeOf(row?.status);
    const takenAt = taken.get(orderId);
    if (takenAt !== undefined && outcome === 'undone') note(`was handed over, and is ${row?.status}`);
    const keptAt = versions.get(orderId)?.find((version) => version.row?.handedOverAt !== undefined)?.at;
    if (keptAt !== undefined && !(takenAt !== undefined && takenAt <= keptAt)) {
      note('is kept as handed over, and the carrier had not got it');
    }
    for (const { status, at } of cancellations) {
      if (status === 202) {
        if (outcome === 'kept' && row?.handedOverAt === undefined) note('was cancelled, and is CONFIRMED');
      } else if (status !== 409) note(`is answered ${status} to a cancellation`);
      else if (outcome === 'kept' && !(takenAt !== undefined && takenAt <= at)) {
        note('was not cancelled, and nothing stood in the way');
      }
    }
  }
  return found;
};
