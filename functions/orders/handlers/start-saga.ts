import { type Clock, systemClock } from '../../../lib/clock';
import { type ItemChange, streamHandler } from '../../../lib/lambda/dynamodb-stream-handler';
import { log } from '../../../lib/observability/log';
import { openSagaMachines } from '../../../lib/saga/aws-saga-machines';
import { orders } from '../contract';
import type { OrderRow } from '../domain';
import { begunAt, sagaOf, toSagaInput } from '../saga-input';
import { startExecution } from '../start-execution';
import { EXPRESS_STARTED_WITHIN_MS, type Machines } from '../take-up-saga';

/**
 * Starts the saga of each new order, and that of each cancellation. The order's id is the execution's name, so a repeat starts none
 * where the machine is a standard one. An Express machine would start one each time; a record that comes late is left to the
 * sweeper, which knows when no Express execution can be running any more.
 */
export const startSaga =
  (machines: Machines, clock: Clock) =>
  async ({ after }: ItemChange<OrderRow>) => {
    if (!after) throw new Error('a new order has no image: the stream does not carry new images');
    const saga = sagaOf(after);
    const { orderId } = after;
    const isLate = clock.now() > Date.parse(begunAt(after, saga)) + EXPRESS_STARTED_WITHIN_MS;
    if (isLate && machines[saga].workflow === 'EXPRESS') {
      log('warn', 'saga left to the sweeper', { orderId });
      return;
    }
    await startExecution(after, machines[saga], 'main', orderId, toSagaInput(after));
  };

export const handler = streamHandler(
  orders,
  'start-saga',
  startSaga(
    { 'place-order': openSagaMachines('place-order'), 'cancel-order': openSagaMachines('cancel-order') },
    systemClock,
  ),
);
