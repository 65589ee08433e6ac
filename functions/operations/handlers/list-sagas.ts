import { InvalidRequestError } from '../../../lib/errors/request-errors';
import { decodeCursor, encodeCursor } from '../../../lib/http/cursor';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { orders } from '../../orders/contract';
import { operations } from '../contract';

type Query = RequestOf<typeof operations, 'list-sagas'>['query'];

const DEFAULT_LIMIT = 25;
const ORDERS_TIMEOUT_MS = 8_000;

/** A page of the sagas of one status. A cursor goes on in the list that it came from, and in no other. */
export const listSagas =
  (call: CallService) =>
  async ({ query: asked }: { query: Query }): Promise<HttpAnswer> => {
    const { status, limit = DEFAULT_LIMIT } = asked;
    if (status === undefined) throw invalid('status', 'is required');
    const cursor = asked.cursor === undefined ? {} : { cursor: ordersCursor(asked.cursor, status) };
    const input = { status, limit, ...cursor };
    const page = await call(query(orders, 'list-sagas'), input, { timeoutMs: ORDERS_TIMEOUT_MS });
    const { items, nextCursor } = page;
    return {
      status: 200,
      body: { items, ...(nextCursor !== undefined && { nextCursor: encodeCursor({ status, cursor: nextCursor }) }) },
    };
  };

function ordersCursor(ours: string, status: string): string {
  const decoded = decodeCursor(ours, ['status', 'cursor']);
  if (decoded.status === status) return decoded.cursor;
  throw invalid('cursor', `must be a nextCursor of the list of status ${status}, got one of another`);
}

function invalid(path: string, message: string): InvalidRequestError {
  return new InvalidRequestError('the request breaks the contract of this route', [{ path, message }]);
}

export const handler = httpHandler(operations, 'list-sagas', listSagas(callService));
