import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { log } from '../../../lib/observability/log';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { shipping } from '../../shipping/contract';
import { orders } from '../contract';
import { OrderNotCancellableError, type OrderRow, toOrder } from '../domain';
import { requestCancellation } from '../dynamodb-cancellation';
import { findOrder } from '../store';

/** How long the customer waits for the carrier. */
const HANDOVER_TIMEOUT_MS = 8_000;

/** From pending to confirmed, and from there to what does not allow it: nobody can be faster more often. */
const MAX_TRIES = 3;

/**
 * Takes an order back. While it is pending, its confirmation is refused from then on, and its saga undoes it; once it is confirmed,
 * the change of its row starts the saga that cancels. A repeat answers the same.
 */
export const cancelOrder =
  (table: Table, call: CallService, clock: Clock) =>
  async ({ path: { orderId }, customerId }: RequestOf<typeof orders, 'cancel-order'>): Promise<HttpAnswer> => {
    let row: Partial<OrderRow> | undefined = await findOrder(table, orderId);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (row?.customerId !== customerId) throw new NotFoundError('order', orderId);
      const order = row as OrderRow;
      const { status, cancelRequestedAt, handedOverAt } = order;
      if (cancelRequestedAt !== undefined) return { status: 202, body: toOrder(order) };
      if (status !== 'PENDING' && status !== 'CONFIRMED')
        throw new OrderNotCancellableError(orderId, `it is ${status}`);
      if (status === 'CONFIRMED' && (handedOverAt !== undefined || (await isHandedOver(orderId, call)))) {
        throw new OrderNotCancellableError(orderId, 'the carrier has the parcel');
      }
      const now = clock.now();
      row = await requestCancellation(table, orderId, status, now);
      if (!row) return { status: 202, body: toOrder({ ...order, updatedAt: toTimestamp(now) }) };
    }
    throw new Error(`order ${orderId} was changed by others ${MAX_TRIES} times`);
  };

/** When the carrier cannot be asked now, the saga will ask it: the order is cancelled or kept then. */
async function isHandedOver(orderId: string, call: CallService): Promise<boolean> {
  try {
    const { handedOver } = await call(query(shipping, 'get-handover'), { orderId }, { timeoutMs: HANDOVER_TIMEOUT_MS });
    return handedOver === true;
  } catch (error) {
    log('warn', 'hand-over unknown', { orderId, error });
    return false;
  }
}

export const handler = httpHandler(orders, 'cancel-order', cancelOrder(openTable(), callService, systemClock));
