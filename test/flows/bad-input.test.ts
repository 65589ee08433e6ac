import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { FaultsClient } from '../support/faults-client';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

const good = orderBody();
const line = (sku: string, quantity: unknown = 1) => ({ sku, quantity });
const shipTo = (change: object) => ({ ...good, shipTo: { ...good.shipTo, ...change } });

/** Bad bodies: what is wrong, the body, the status, the code, the paths of the errors. */
const BODIES: ReadonlyArray<[string, unknown, number, string, string[]]> = [
  ['a quantity of 0', { ...good, items: [line('MUG-01', 0)] }, 400, 'INVALID_REQUEST', ['items[0].quantity']],
  ['a negative quantity', { ...good, items: [line('MUG-01', -1)] }, 400, 'INVALID_REQUEST', ['items[0].quantity']],
  ['a quantity of 1001', { ...good, items: [line('MUG-01', 1001)] }, 400, 'INVALID_REQUEST', ['items[0].quantity']],
  ['a quantity of 1.5', { ...good, items: [line('MUG-01', 1.5)] }, 400, 'INVALID_REQUEST', ['items[0].quantity']],
  ['a quantity in a string', { ...good, items: [line('MUG-01', '1')] }, 400, 'INVALID_REQUEST', ['items[0].quantity']],
  ['no lines', { ...good, items: [] }, 400, 'INVALID_REQUEST', ['items']],
  [
    '21 lines',
    { ...good, items: Array.from({ length: 21 }, (_, n) => line(`SKU-${n}`)) },
    400,
    'INVALID_REQUEST',
    ['items'],
  ],
  [
    'one SKU in two lines',
    { ...good, items: [line('MUG-01'), line('MUG-01')] },
    400,
    'INVALID_REQUEST',
    ['items[1].sku'],
  ],
  ['an unknown SKU', { ...good, items: [line('MUG-01'), line('NO-SUCH')] }, 422, 'UNKNOWN_SKU', ['items[1].sku']],
  ['a SKU that cannot be one', { ...good, items: [line('a b')] }, 400, 'INVALID_REQUEST', ['items[0].sku']],
  ['an unknown country', shipTo({ country: 'ZZ' }), 400, 'INVALID_REQUEST', ['shipTo.country']],
  [
    'an empty address',
    { ...good, shipTo: {} },
    400,
    'INVALID_REQUEST',
    ['shipTo.name', 'shipTo.line1', 'shipTo.city', 'shipTo.postalCode', 'shipTo.country'],
  ],
  [
    'an address of white space',
    shipTo({ line1: '  ', city: '' }),
    400,
    'INVALID_REQUEST',
    ['shipTo.line1', 'shipTo.city', 'shipTo.city'],
  ],
  [
    'a price sent by the client',
    { ...good, items: [{ ...line('MUG-01'), unitPriceCents: 1 }] },
    400,
    'INVALID_REQUEST',
    ['items[0].unitPriceCents'],
  ],
  ['an unknown field', { ...good, coupon: 'FREE' }, 400, 'INVALID_REQUEST', ['coupon']],
  ['no payment', { items: good.items, shipTo: good.shipTo }, 400, 'INVALID_REQUEST', ['payment']],
  ['null', null, 400, 'INVALID_REQUEST', ['body']],
  ['a list', [], 400, 'INVALID_REQUEST', ['items', 'payment', 'shipTo']],
];

describe('bad input', () => {
  let system: LocalSystem;

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
    await system.api.putStock('MUG-01', 100);
  });

  afterAll(() => system.close());

  it.each(BODIES)('of an order, %s, is refused with the path of each error', async (_, body, status, code, paths) => {
    const answer = await system.api.placeOrder(body);

    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.json.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.json.traceId).toBe(answer.headers.get('x-trace-id'));
  });

  it.each<[string, object, number, string]>([
    [
      'malformed JSON',
      { rawBody: '{"items":', headers: { 'content-type': 'application/json' } },
      400,
      'MALFORMED_BODY',
    ],
    ['no body', { headers: { 'content-type': 'application/json' } }, 400, 'MALFORMED_BODY'],
    [
      'another content type',
      { rawBody: '<a/>', headers: { 'content-type': 'application/xml' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    [
      'another character set',
      { rawBody: '{}', headers: { 'content-type': 'application/json; charset=latin1' } },
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['a body over 256 KB', { body: { ...good, note: 'x'.repeat(262_144) } }, 413, 'PAYLOAD_TOO_LARGE'],
    ['a body over 10 MB', { body: { ...good, note: 'x'.repeat(10_500_000) } }, 413, 'PAYLOAD_TOO_LARGE'],
  ])('of an order, %s, is refused', async (_, call, status, code) => {
    const answer = await system.api.call('POST', '/v1/orders', { key: 'bad', ...call });

    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['has 129 characters', 'k'.repeat(129)],
    ['has a space', 'a b'],
    ['is not ASCII', 'caf\u00e9'],
  ])('an Idempotency-Key that %s is refused', async (_, key) => {
    const answer = await system.api.call('POST', '/v1/orders', { body: good, ...(key !== undefined && { key }) });

    expect([answer.status, answer.json.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(JSON.stringify(answer.json)).toContain('Idempotency-Key');
  });

  it.each([
    ['/v1/orders/nonsense', 'orderId'],
    ['/v1/orders/ord_XYZ', 'orderId'],
    ['/v1/payments/1', 'orderId'],
    ['/v1/shipments/ord_%00', 'orderId'],
    ['/v1/inventory/a%20b', 'sku'],
    ['/v1/orders?cursor=nonsense', 'cursor'],
    [`/v1/orders?cursor=${Buffer.from('{"orderId":1}').toString('base64url')}`, 'cursor'],
    ['/v1/orders?limit=0', 'limit'],
    ['/v1/orders?limit=101', 'limit'],
    ['/v1/orders?limit=ten', 'limit'],
    ['/v1/orders?colour=blue', 'colour'],
  ])('GET %s is refused, naming %s', async (path, name) => {
    const answer = await system.api.call('GET', path);

    expect([answer.status, answer.json.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.json.errors.map((error: { path: string }) => error.path)).toEqual([name]);
  });

  it.each<[string, object, string[]]>([
    ['a float', { onHand: 1.5 }, ['onHand']],
    ['a negative price', { unitPriceCents: -1 }, ['unitPriceCents']],
    ['a currency in small letters', { currency: 'eur' }, ['currency']],
    ['a field of the answer', { reserved: 3 }, ['reserved']],
  ])('of a stock item, %s, is refused', async (_, change, paths) => {
    const body = { name: 'Mug', unitPriceCents: 1, currency: 'EUR', onHand: 1, ...change };

    const answer = await system.api.call('PUT', '/v1/inventory/NEW-01', { body });

    expect([answer.status, answer.json.errors.map((error: { path: string }) => error.path)]).toEqual([400, paths]);
  });

  it('a count below what is reserved is refused', async () => {
    await system.api.putStock('LOW-01', 10);
    const faults = new FaultsClient(system.apiUrl);
    await faults.add({ target: 'function:*-inventory-sell-stock', kind: 'delay', delayMs: 30_000 });
    const { json } = await system.api.placeOrder(orderBody({ sku: 'LOW-01', quantity: 4 }), { sub: 'dave' });
    await system.settled(json.orderId, 'dave');
    const body = { name: 'Low', unitPriceCents: 1200, currency: 'EUR', onHand: 3 };

    const refused = await system.api.call('PUT', '/v1/inventory/LOW-01', { body });
    const allowed = await system.api.call('PUT', '/v1/inventory/LOW-01', { body: { ...body, onHand: 4 } });

    await faults.liftAll();
    expect([refused.status, refused.json.code]).toEqual([409, 'ON_HAND_BELOW_RESERVED']);
    expect([allowed.status, allowed.json.available]).toEqual([200, 0]);
  });

  it('of all that, nothing was written', async () => {
    const client = new DynamoDBClient({
      endpoint: system.awsUrl,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });

    const orders = await client.send(new ScanCommand({ TableName: 'holdfast-dev-orders' }));
    const stock = await client.send(new ScanCommand({ TableName: 'holdfast-dev-inventory' }));

    expect(orders.Items?.map(({ customerId }) => customerId?.S)).toEqual(['dave']);
    expect(stock.Items?.map(({ sku }) => sku?.S).sort()).toEqual(['LOW-01', 'MUG-01']);
  });

  it('of all that, nothing made a service fail', () => {
    expect(system.logs.filter(({ text }) => /"level":"error"/.test(text))).toEqual([]);
    expect(system.errors).toEqual([]);
  });
});
