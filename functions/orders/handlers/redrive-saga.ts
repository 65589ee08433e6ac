import { type Clock, systemClock } from '../../../lib/clock';
import { queryHandler } from '../../../lib/lambda/query-handler';
import { openSagaMachines } from '../../../lib/saga/aws-saga-machines';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { orders } from '../contract';
import { findOrder } from '../store';
import { type Machines, takeUpSaga } from '../take-up-saga';

/** Tries again what a parked saga could not do. While such a try is at work, no other is started. */
export const redriveSaga =
  (table: Table, machines: Machines, clock: Clock) =>
  async ({ orderId }: { orderId: string }): Promise<{ outcome: 'started' | 'running' | 'nothing' | 'unknown' }> => {
    const row = await findOrder(table, orderId);
    if (!row) return { outcome: 'unknown' };
    if (row.status !== 'NEEDS_ATTENTION') return { outcome: 'nothing' };
    const outcome = await takeUpSaga(row, { table, machines, now: clock.now(), isPatient: false });
    return { outcome: outcome === 'started' ? 'started' : 'running' };
  };

export const handler = queryHandler(
  orders,
  'redrive-saga',
  redriveSaga(
    openTable(),
    { 'place-order': openSagaMachines('place-order'), 'cancel-order': openSagaMachines('cancel-order') },
    systemClock,
  ),
);
