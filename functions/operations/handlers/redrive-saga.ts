import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { orders } from '../../orders/contract';
import { operations } from '../contract';
import { SagaNotParkedError } from '../sagas/saga-not-parked-error';

/** Both calls together end before the function does. */
const TIMEOUTS = { redriveMs: 15_000, statusMs: 6_000 };

/** Has the undos of a parked saga tried again. It stays parked until they are done; asking once more starts nothing twice. */
export const redriveSaga =
  (call: CallService) =>
  async ({ path: { orderId } }: Pick<RequestOf<typeof operations, 'redrive-saga'>, 'path'>): Promise<HttpAnswer> => {
    const redriven = await call(query(orders, 'redrive-saga'), { orderId }, { timeoutMs: TIMEOUTS.redriveMs });
    if (redriven.outcome === 'unknown') throw new NotFoundError('saga of order', orderId);
    if (redriven.outcome !== 'nothing') return { status: 202, body: { orderId, status: 'parked' } };
    const found = await call(query(orders, 'get-saga'), { orderId }, { timeoutMs: TIMEOUTS.statusMs });
    throw found.found ? new SagaNotParkedError(orderId, found.status) : new NotFoundError('saga of order', orderId);
  };

export const handler = httpHandler(operations, 'redrive-saga', redriveSaga(callService));
