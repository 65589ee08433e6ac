import { type Clock, systemClock, toTimestamp } from '../../../lib/clock';
import { createdItemId, fingerprint } from '../../../lib/idempotency/created-item';
import { createOnce } from '../../../lib/idempotency/dynamodb-created-item';
import { requireSameRequest } from '../../../lib/idempotency/identity';
import { asReplay } from '../../../lib/idempotency/once-per';
import { type HttpAnswer, httpHandler, type RequestOf } from '../../../lib/lambda/http-handler';
import { type CallService, callService } from '../../../lib/mesh/aws-lambda-call';
import { query } from '../../../lib/mesh/query-ref';
import { MAX_TOTAL_CENTS, totalCents } from '../../../lib/money';
import { currentTraceparent } from '../../../lib/observability/tracing';
import { openTable, type Table } from '../../../lib/table/dynamodb-table';
import { inventory } from '../../inventory/contract';
import { orders } from '../contract';
import { OrderNotPayableError, type OrderRow, requireDistinctSkus, toOrder, UnknownSkuError } from '../domain';
import { findOrder } from '../store';

type Request = RequestOf<typeof orders, 'create-order'>;

/** How long the customer waits for the prices. */
const PRICES_TIMEOUT_MS = 6_000;

/**
 * Accepts an order: prices from inventory, one conditional put, and the row's stream starts the saga. So an accepted order
 * cannot be without a saga, and a repeat finds the first one.
 */
export const createOrder =
  (table: Table, call: CallService, clock: Clock) =>
  async (request: Request): Promise<HttpAnswer> => {
    requireDistinctSkus(request.body.items);
    const orderId = createdItemId('ord_', request.customerId, 'createOrder', request.idempotencyKey);
    const requestHash = fingerprint(request.body);
    const existing = await findOrder(table, orderId);
    if (existing) {
      requireSameRequest(existing.requestHash, requestHash);
      return replay(request, existing);
    }
    const row: OrderRow = { ...(await price(request, call)), ...newRow(request, orderId, requestHash, clock.now()) };
    const { result, replayed } = await createOnce(table, 'orderId', row);
    return replayed ? replay(request, result) : accepted(request, result);
  };

function newRow({ body, customerId }: Request, orderId: string, requestHash: string, now: number) {
  const { payment, shipTo } = body;
  const createdAt = toTimestamp(now);
  const traceparent = currentTraceparent();
  return {
    orderId,
    customerId,
    requestHash,
    payment,
    shipTo,
    status: 'PENDING',
    createdAt,
    updatedAt: createdAt,
    ...(traceparent !== undefined && { traceparent }),
  } as const;
}

async function price({ body: { items } }: Request, call: CallService) {
  const skus = items.map(({ sku }) => sku);
  const { prices } = await call(query(inventory, 'price-items'), { skus }, { timeoutMs: PRICES_TIMEOUT_MS });
  const bySku = new Map(prices.map((known) => [known.sku, known]));
  const unknown = items.flatMap(({ sku }, index) =>
    bySku.has(sku)
      ? []
      : [{ path: `items[${index}].sku`, message: `must be a SKU that exists, got ${JSON.stringify(sku)}` }],
  );
  if (unknown.length > 0) throw new UnknownSkuError(unknown);
  const currencies = [...new Set(prices.map(({ currency }) => currency))];
  if (currencies.length !== 1) {
    throw new OrderNotPayableError(`the lines of an order must have one currency, got ${currencies.join(', ')}`);
  }
  const lines = items.map(({ sku, quantity }) => ({
    sku,
    quantity,
    unitPriceCents: bySku.get(sku)?.unitPriceCents ?? 0,
  }));
  const total = totalCents(lines);
  if (total > MAX_TOTAL_CENTS) {
    throw new OrderNotPayableError(`the total must be at most ${MAX_TOTAL_CENTS} cents, got ${total}`);
  }
  return { items: lines, totalCents: total, currency: currencies[0] as string };
}

/** The answer of the first time, byte for byte: the order as it was created, whatever became of it since. */
function replay(request: Request, row: OrderRow): HttpAnswer {
  const { rejection: _, ...created } = { ...row, status: 'PENDING' as const, updatedAt: row.createdAt };
  return asReplay(accepted(request, created));
}

function accepted({ clientPath }: Request, row: OrderRow): HttpAnswer {
  return { status: 202, body: toOrder(row), headers: { location: `${clientPath}/${row.orderId}` } };
}

export const handler = httpHandler(orders, 'create-order', createOrder(openTable(), callService, systemClock));
