import { queryHandler } from '../../../lib/lambda/query-handler';
import type { MachineRole } from '../../../lib/service/names';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { type OrderRow, type OrderSaga, type Repair, toSagaStatus } from '../domain';
import { begunAt, sagaOf } from '../saga-input';
import { findOrder } from '../store';
import { executionName } from '../take-up-saga';

/** Which executions an order's sagas have had, for those who look into them. */
export const getSaga =
  (table: Table) =>
  async ({ orderId }: { orderId: string }) => {
    const row = await findOrder(table, orderId);
    if (!row) return { found: false as const };
    return { found: true as const, orderId, status: toSagaStatus(row.status), executions: listExecutions(row) };
  };

/** A cancellation begins after the order was placed, so all executions of the one saga come before those of the other. */
function listExecutions(row: OrderRow) {
  const sagas: readonly OrderSaga[] =
    sagaOf(row) === 'cancel-order' ? ['place-order', 'cancel-order'] : ['place-order'];
  return sagas.flatMap((saga) => [
    toExecution(row, saga, undefined),
    ...(row.repairs ?? []).filter((repair) => repair.saga === saga).map((repair) => toExecution(row, saga, repair)),
  ]);
}

function toExecution(row: OrderRow, saga: OrderSaga, repair: Repair | undefined) {
  const role: MachineRole = repair?.role ?? 'main';
  const name = executionName(row.orderId, repair);
  return { machine: { saga, role }, name, startedAt: repair?.startedAt ?? begunAt(row, saga) };
}

export const handler = queryHandler(orders, 'get-saga', getSaga(openTable()));
