import { NotFoundError } from '../../../lib/errors/request-errors';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import type { Saga } from '../../../lib/saga/saga';
import { orders } from '../../orders/contract';
import { sagas } from '../../services';
import { operations } from '../contract';
import { openExecutionReader, type ReadExecution } from '../sagas/execution-reader';
import { toTimeline } from '../sagas/timeline';

const ORDERS_TIMEOUT_MS = 6_000;

/**
 * The saga of an order and what its executions did, in the order in which they were started. One that does not exist, yet or any
 * more, has done nothing that is known.
 */
export const getSaga =
  (call: CallService, known: readonly Saga[], read: ReadExecution) =>
  async ({ path: { orderId } }: Pick<RequestOf<typeof operations, 'get-saga'>, 'path'>): Promise<HttpAnswer> => {
    const found = await call(query(orders, 'get-saga'), { orderId }, { timeoutMs: ORDERS_TIMEOUT_MS });
    if (!found.found) throw new NotFoundError('saga of order', orderId);
    const timelines = await Promise.all(
      found.executions.map(async (execution) => {
        const saga = getByName(known, execution.machine.saga);
        return (await read(execution)).flatMap((events) => toTimeline(saga, events));
      }),
    );
    return { status: 200, body: { orderId, status: found.status, steps: timelines.flat() } };
  };

function getByName(known: readonly Saga[], name: string): Saga {
  const saga = known.find((one) => one.name === name);
  if (!saga) throw new Error(`there is no saga ${name}`);
  return saga;
}

const names: readonly string[] = operations.handlers['get-saga'].watches;
const watched = sagas.filter(({ name }) => names.includes(name));

export const handler = httpHandler(operations, 'get-saga', getSaga(callService, watched, openExecutionReader(watched)));
