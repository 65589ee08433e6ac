import { IllegalStateError } from '../../lib/errors/saga-errors';
import type { Table } from '../../lib/table/dynamodb-table';
import { moveStatus, type Transition } from '../../lib/table/dynamodb-transition';
import { type OrderRow, type OrderStatus, TRANSITIONS } from './domain';

/** What a parked order keeps of its failure, and an order with an outcome does not. */
export const PARKED_FIELDS = ['failure', 'failedUndos', 'rejection'];

/** Moves the status of an order along an edge of the domain. The payment's token is forgotten with it: no step needs it any more. */
export function moveOrder(
  table: Table,
  orderId: string,
  to: OrderStatus,
  { remove = [], ...more }: Omit<Transition<OrderStatus>, 'key' | 'to' | 'edges'>,
): Promise<Partial<OrderRow> | undefined> {
  const change = { ...more, key: { orderId }, to, edges: TRANSITIONS, remove: ['payment', ...remove] };
  return moveStatus<OrderRow>(table, change);
}

/** What is thrown where an order, which is `row`, is in no state that leads to `to`. */
export function illegalMove(orderId: string, row: Partial<OrderRow>, to: OrderStatus): IllegalStateError {
  return new IllegalStateError(`order ${orderId} is ${row.status ?? 'not there'} and cannot become ${to}`);
}
