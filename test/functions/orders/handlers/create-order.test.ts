import '../../../support/environment';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { createOrder } from '../../../../functions/orders/handlers/create-order';
import { ServiceUnavailableError } from '../../../../lib/errors/request-errors';
import { createdItemId, fingerprint } from '../../../../lib/idempotency/created-item';
import type { CallService } from '../../../../lib/mesh/aws-lambda-call';
import { inSpan } from '../../../../lib/observability/tracing';
import { openTable } from '../../../../lib/table/dynamodb-table';
import { clock, NOW } from '../../../support/a-command';
import { aRequest } from '../../../support/a-request';
import { mockTable, refusedBy } from '../../../support/mock-table';
import { anOrder, SHIP_TO, SHOWN } from '../an-order';

const BODY = { items: [{ sku: 'MUG-01', quantity: 2 }], payment: { token: 'tok_ok' }, shipTo: SHIP_TO };
const REQUEST = aRequest({ body: BODY, idempotencyKey: 'key-1', clientPath: '/v1/orders' });
const ORDER_ID = createdItemId('ord_', 'alice', 'createOrder', 'key-1');
const MUG = { sku: 'MUG-01', unitPriceCents: 1200, currency: 'EUR' };
const STORED = anOrder({ orderId: ORDER_ID, requestHash: fingerprint(BODY) });
const ACCEPTED = {
  status: 202,
  body: { ...SHOWN, orderId: ORDER_ID },
  headers: { location: `/v1/orders/${ORDER_ID}` },
};
const REPLAYED = { ...ACCEPTED, headers: { ...ACCEPTED.headers, 'idempotency-replayed': 'true' } };

/** An inventory that knows these prices. */
function anInventory(...prices: object[]) {
  return jest.fn(async () => ({ prices })) as unknown as jest.MockedFunction<CallService>;
}

describe('placing an order', () => {
  const dynamodb = mockTable();
  beforeEach(() => {
    dynamodb.reset();
    dynamodb.on(GetCommand).resolves({});
  });

  test('accepts it at the prices of the inventory', async () => {
    const inventory = anInventory(MUG);

    const answer = await createOrder(openTable(), inventory, clock)(REQUEST);

    expect(answer).toEqual(ACCEPTED);
    expect(inventory).toHaveBeenCalledWith(
      expect.objectContaining({ service: 'inventory', handler: 'price-items' }),
      { skus: ['MUG-01'] },
      { timeoutMs: 6_000 },
    );
    expect(dynamodb.inputs()[1]).toEqual({
      TableName: 'holdfast-test-table',
      Item: STORED,
      ConditionExpression: 'attribute_not_exists(orderId)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  });

  test('keeps the trace of the request that made it, for its sagas', async () => {
    const traceparent = '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01';

    await inSpan('a request', { parent: traceparent }, () =>
      createOrder(openTable(), anInventory(MUG), clock)(REQUEST),
    );

    const { Item } = dynamodb.inputs()[1] as { Item: { traceparent: string } };
    expect(Item.traceparent).toMatch(/^00-5759e988bd862e3fe1be46a994272793-(?!53995c3f42cd8ad8)[0-9a-f]{16}-01$/);
  });

  test('answers a repeat from the order of the first time, without asking for prices again', async () => {
    dynamodb.on(GetCommand).resolves({ Item: STORED });
    const inventory = anInventory();

    expect(await createOrder(openTable(), inventory, clock)(REQUEST)).toEqual(REPLAYED);
    expect(inventory).not.toHaveBeenCalled();
    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('answers a repeat byte for byte, whatever has become of the order', async () => {
    const rejection = { code: 'PAYMENT_DECLINED', step: 'ChargePayment', detail: 'the payment was declined' };
    const later = { ...STORED, status: 'REJECTED', updatedAt: '2026-01-02T00:00:00.000Z', rejection };
    dynamodb.on(GetCommand).resolves({ Item: later });

    const { body } = await createOrder(openTable(), anInventory(), clock)(REQUEST);

    expect(JSON.stringify(body)).toBe(JSON.stringify(ACCEPTED.body));
  });

  test('answers with the order of the one who was faster', async () => {
    const winner = { ...STORED, createdAt: '2025-12-31T00:00:00.000Z', updatedAt: '2025-12-31T00:00:00.000Z' };
    dynamodb.on(PutCommand).rejects(refusedBy(winner as never));

    const answer = await createOrder(openTable(), anInventory(MUG), clock)(REQUEST);

    expect(answer).toMatchObject({ body: { createdAt: '2025-12-31T00:00:00.000Z' }, headers: REPLAYED.headers });
  });

  test('refuses the same key with another body', async () => {
    dynamodb.on(GetCommand).resolves({ Item: { ...STORED, requestHash: 'another' } });

    const placed = createOrder(openTable(), anInventory(), clock)(REQUEST);

    await expect(placed).rejects.toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('takes the same key of another customer for another order', async () => {
    const { body } = await createOrder(openTable(), anInventory(MUG), clock)({ ...REQUEST, customerId: 'bob' });

    expect(body).not.toMatchObject({ orderId: ORDER_ID });
  });

  test('refuses a SKU that the inventory does not know, and says which line', async () => {
    const placed = createOrder(openTable(), anInventory(), clock)(REQUEST);

    await expect(placed).rejects.toMatchObject({
      status: 422,
      code: 'UNKNOWN_SKU',
      errors: [{ path: 'items[0].sku', message: 'must be a SKU that exists, got "MUG-01"' }],
    });
    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('refuses lines in two currencies', async () => {
    const items = [...BODY.items, { sku: 'TEA-01', quantity: 1 }];
    const inventory = anInventory(MUG, { sku: 'TEA-01', unitPriceCents: 1, currency: 'USD' });

    const placed = createOrder(openTable(), inventory, clock)({ ...REQUEST, body: { ...BODY, items } });

    await expect(placed).rejects.toMatchObject({ status: 422, code: 'ORDER_NOT_PAYABLE' });
  });

  test('refuses a total beyond what can be paid', async () => {
    const items = [
      { sku: 'MUG-01', quantity: 1000 },
      { sku: 'TEA-01', quantity: 1 },
    ];
    const inventory = anInventory(
      { ...MUG, unitPriceCents: 100_000_000 },
      { ...MUG, sku: 'TEA-01', unitPriceCents: 1 },
    );

    const placed = createOrder(openTable(), inventory, clock)({ ...REQUEST, body: { ...BODY, items } });

    await expect(placed).rejects.toMatchObject({
      code: 'ORDER_NOT_PAYABLE',
      message: 'the total must be at most 100000000000 cents, got 100000000001',
    });
  });

  test('refuses a SKU that stands in two lines', async () => {
    const items = [...BODY.items, ...BODY.items];

    const placed = createOrder(openTable(), anInventory(MUG), clock)({ ...REQUEST, body: { ...BODY, items } });

    await expect(placed).rejects.toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
  });

  test('accepts nothing while prices are not to be had', async () => {
    const inventory: CallService = () => Promise.reject(new ServiceUnavailableError('inventory'));

    await expect(createOrder(openTable(), inventory, clock)(REQUEST)).rejects.toMatchObject({ status: 503 });
    expect(dynamodb.commandCalls(PutCommand)).toHaveLength(0);
  });

  test('sets both instants to now', async () => {
    const { body } = await createOrder(openTable(), anInventory(MUG), clock)(REQUEST);

    expect(body).toMatchObject({ createdAt: NOW, updatedAt: NOW });
  });
});
