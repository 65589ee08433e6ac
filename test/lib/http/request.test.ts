import { inventory } from '../../../functions/inventory/contract';
import { orders } from '../../../functions/orders/contract';
import { AppError } from '../../../lib/errors/app-error';
import { MAX_BODY_BYTES } from '../../../lib/http/json-body';
import { header, parseRequest } from '../../../lib/http/request';
import type { RouteContract } from '../../../lib/service/contract';
import { anApiEvent, type EventParts } from '../an-api-event';

const [createOrder] = orders.handlers['create-order'].trigger.routes;
const [getOrder] = orders.handlers['get-order'].trigger.routes;
const [listOrders] = orders.handlers['list-orders'].trigger.routes;
const [getStockItem] = inventory.handlers['get-stock-item'].trigger.routes;

const ORDER = {
  items: [{ sku: 'MUG-01', quantity: 2 }],
  payment: { token: 'tok_ok' },
  shipTo: { name: 'Ada', line1: '1 High St', city: 'Berlin', postalCode: '10115', country: 'DE' },
};

const anOrderEvent = (parts: EventParts & { readonly order?: unknown } = {}) =>
  anApiEvent({
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'key-1' },
    body: JSON.stringify(parts.order ?? ORDER),
    ...parts,
  });

const withItem = (more: object) => ({ ...ORDER, items: [{ ...ORDER.items[0], ...more }] });
const withAddress = (more: object) => ({ ...ORDER, shipTo: { ...ORDER.shipTo, ...more } });
const withKey = (key: string) => ({ headers: { 'content-type': 'application/json', 'idempotency-key': key } });

/** What the client is told of a refused request: class, code, status, and `path message` of each error. */
function refusal(route: RouteContract, event: ReturnType<typeof anApiEvent>) {
  try {
    parseRequest(route, event, 'trace-1');
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { name, code, status, errors } = error;
    return { name, code, status, errors: errors?.map(({ path, message }) => `${path}: ${message}`) };
  }
  throw new Error('the request was taken');
}

const INVALID = { name: 'InvalidRequestError', code: 'INVALID_REQUEST', status: 400 };

describe('a request', () => {
  it('is handed to the use case parsed, with who asks and where', () => {
    const request = parseRequest(createOrder, anOrderEvent(), 'trace-1');

    expect(request).toEqual({
      path: {},
      query: {},
      body: ORDER,
      idempotencyKey: 'key-1',
      traceId: 'trace-1',
      customerId: 'alice',
      clientPath: '/dev/v1/orders',
    });
  });

  it('has nobody as its customer on a route without authorizer', () => {
    const event = anApiEvent();
    const open = { ...event, requestContext: { ...event.requestContext, authorizer: null } };

    expect(parseRequest(listOrders, open, 't').customerId).toBe('');
  });

  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
  ])('may have the content type %s', (contentType) => {
    const event = anOrderEvent({ headers: { 'content-type': contentType, 'idempotency-key': 'k' } });

    expect(parseRequest(createOrder, event, 't').body).toEqual(ORDER);
  });

  it('may come in base64', () => {
    const body = Buffer.from(JSON.stringify(withAddress({ city: 'Köln' }))).toString('base64');

    const request = parseRequest(createOrder, anOrderEvent({ body, isBase64Encoded: true }), 't');

    expect(request.body.shipTo.city).toBe('Köln');
  });

  it('may have a body of exactly 256 KB', () => {
    const text = JSON.stringify(ORDER);

    const event = anOrderEvent({ body: text.padEnd(MAX_BODY_BYTES, ' ') });

    expect(parseRequest(createOrder, event, 't').body).toEqual(ORDER);
  });

  it.each([
    [{ limit: '1' }, { limit: 1 }],
    [{ limit: '100' }, { limit: 100 }],
    [{ cursor: '12345' }, { cursor: '12345' }],
    [{}, {}],
  ])('has the query %j read by its contract, as %j', (query, parsed) => {
    expect(parseRequest(listOrders, anApiEvent({ query }), 't').query).toEqual(parsed);
  });

  it('has its path parameters decoded', () => {
    const event = anApiEvent({ resource: '/v1/inventory/{sku}', path: { sku: 'MUG%2D01' } });

    expect(parseRequest(getStockItem, event, 't').path).toEqual({ sku: 'MUG-01' });
  });

  it.each(['!', '~', 'k'.repeat(128), '"8e03978e-40d5-43dd-bc93-6894a57f9324"'])(
    'may have the idempotency key %s',
    (key) => {
      expect(parseRequest(createOrder, anOrderEvent(withKey(key)), 't').idempotencyKey).toBe(key);
    },
  );
});

describe('a body that cannot be read', () => {
  const malformed = { name: 'MalformedBodyError', code: 'MALFORMED_BODY', status: 400 };
  const unsupported = { name: 'UnsupportedMediaTypeError', code: 'UNSUPPORTED_MEDIA_TYPE', status: 415 };
  const tooLarge = { name: 'PayloadTooLargeError', code: 'PAYLOAD_TOO_LARGE', status: 413 };

  it.each<[title: string, parts: EventParts, refusal: object]>([
    ['cut off', { body: '{"items":[' }, malformed],
    ['empty', { body: '' }, malformed],
    ['absent', { body: null }, malformed],
    ['not UTF-8', { body: Buffer.from([0x22, 0xff, 0xfe, 0x22]).toString('base64'), isBase64Encoded: true }, malformed],
    ['of another type', { headers: { 'content-type': 'text/plain' } }, unsupported],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, unsupported],
    ['in another character set', { headers: { 'content-type': 'application/json; charset=latin1' } }, unsupported],
    ['of a type that begins alike', { headers: { 'content-type': 'application/jsonp' } }, unsupported],
    ['of no type', { headers: {} }, unsupported],
    ['of 262,145 bytes', { body: JSON.stringify(ORDER).padEnd(MAX_BODY_BYTES + 1, ' ') }, tooLarge],
    ['of 262,145 bytes in fewer characters', { body: `"${'ö'.repeat(131_071)} "` }, tooLarge],
  ])('because it is %s is refused as what it is', (_, parts, expected) => {
    expect(refusal(createOrder, anOrderEvent(parts))).toEqual({ ...expected, errors: undefined });
  });
});

describe('a body that breaks the contract', () => {
  it.each<[title: string, order: unknown, errors: string[]]>([
    ['an unknown field', { ...ORDER, coupon: 'X' }, ['coupon: is not known here']],
    ['an unknown field of an inherited name', { ...ORDER, toString: 1 }, ['toString: is not known here']],
    ['a price', withItem({ unitPriceCents: 1 }), ['items[0].unitPriceCents: is not known here']],
    ['a total', { ...ORDER, totalCents: 1 }, ['totalCents: is not known here']],
    ['no payment', { ...ORDER, payment: undefined }, ['payment: is required']],
    ['a line without SKU', { ...ORDER, items: [{ quantity: 1 }] }, ['items[0].sku: is required']],
    ['a quantity of 0', withItem({ quantity: 0 }), ['items[0].quantity: must be >=1, got 0']],
    ['a quantity of -1', withItem({ quantity: -1 }), ['items[0].quantity: must be >=1, got -1']],
    ['a quantity of 1001', withItem({ quantity: 1001 }), ['items[0].quantity: must be <=1000, got 1001']],
    ['a quantity of 1.5', withItem({ quantity: 1.5 }), ['items[0].quantity: must be an integer, got 1.5']],
    ['a quantity in quotes', withItem({ quantity: '1' }), ['items[0].quantity: must be number, got "1"']],
    ['a quantity of null', withItem({ quantity: null }), ['items[0].quantity: must be number, got null']],
    [
      '21 lines',
      { ...ORDER, items: Array.from({ length: 21 }, (_, index) => ({ sku: `S${index}`, quantity: 1 })) },
      ['items: must be of length <=20, got 21'],
    ],
    ['no lines', { ...ORDER, items: [] }, ['items: must be of length >=1, got 0']],
    ['items that are no list', { ...ORDER, items: {} }, ['items: must be Array, got Object']],
    ['an unknown country', withAddress({ country: 'ZZ' }), ['shipTo.country: must be an ISO 3166-1 country code']],
    ['a blank city', withAddress({ city: '  ' }), ['shipTo.city: must be of the form /\\S/, got "  "']],
    [
      'an empty address',
      { ...ORDER, shipTo: {} },
      ['name', 'line1', 'city', 'postalCode', 'country'].map((field) => `shipTo.${field}: is required`),
    ],
    ['null', null, ['body: must be Object, got null']],
    ['a number', 7, ['body: must be Object, got 7']],
    [
      'two faults',
      { ...withItem({ quantity: 0 }), payment: { token: '' } },
      ['items[0].quantity: must be >=1, got 0', 'payment.token: must be of the form /^[\\x21-\\x7e]{1,200}$/, got ""'],
    ],
  ])('by %s is told where and how', (_, order, errors) => {
    const event = anOrderEvent({ body: JSON.stringify(order) });

    expect(refusal(createOrder, event)).toEqual({ ...INVALID, errors });
  });

  it('tells of every line that is wrong', () => {
    const items = [
      { sku: 'A', quantity: 1 },
      { sku: 'B', quantity: 0 },
      { sku: '-', quantity: 1 },
    ];

    expect(refusal(createOrder, anOrderEvent({ order: { ...ORDER, items } })).errors).toEqual([
      'items[1].quantity: must be >=1, got 0',
      'items[2].sku: must be of the form /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, got "-"',
    ]);
  });

  it('shows the beginning of a long value only', () => {
    const [message] = refusal(createOrder, anOrderEvent({ order: withItem({ sku: 'x'.repeat(1000) }) })).errors ?? [];

    expect(message).toMatch(/got "x{76}\.\.\.$/);
  });
});

describe('an idempotency key', () => {
  it('is asked for where the contract says so', () => {
    const event = anOrderEvent({ headers: { 'content-type': 'application/json' } });

    expect(refusal(createOrder, event)).toEqual({ ...INVALID, errors: ['Idempotency-Key: is required'] });
  });

  it.each(['', 'k'.repeat(129), 'two words', 'schlüssel', 'tab\t'])('is refused when it is %j', (key) => {
    const { errors, ...rest } = refusal(createOrder, anOrderEvent(withKey(key)));

    expect(rest).toEqual(INVALID);
    expect(errors).toEqual([expect.stringMatching(/^Idempotency-Key: must be of the form /)]);
  });
});

describe('a query', () => {
  it.each<[query: Record<string, string>, errors: string[]]>([
    [{ limit: '0' }, ['limit: must be >=1, got 0']],
    [{ limit: '-1' }, ['limit: must be >=1, got -1']],
    [{ limit: '101' }, ['limit: must be <=100, got 101']],
    [{ limit: '1.5' }, ['limit: must be an integer, got 1.5']],
    [{ limit: 'abc' }, ['limit: must be number, got "abc"']],
    [{ limit: '1e2' }, ['limit: must be number, got "1e2"']],
    [{ limit: '0x10' }, ['limit: must be number, got "0x10"']],
    [{ limit: '' }, ['limit: must be number, got ""']],
    [{ limit: ' 5' }, ['limit: must be number, got " 5"']],
    [{ cursor: '' }, ['cursor: must be of length >=1, got 0']],
    [{ page: '2' }, ['page: is not known here']],
    [{ limit: '0', page: '2' }, ['limit: must be >=1, got 0', 'page: is not known here']],
  ])('%j is refused', (query, errors) => {
    expect(refusal(listOrders, anApiEvent({ query }))).toEqual({ ...INVALID, errors });
  });
});

describe('a path parameter', () => {
  it.each(['ord_1', `ord_${'A'.repeat(32)}`, `ord_${'a'.repeat(33)}`, '%', '%E0%A4%A', `ord_${'a'.repeat(32)}%0A`])(
    'that is no order id, %j, is refused',
    (orderId) => {
      const event = anApiEvent({ resource: '/v1/orders/{orderId}', path: { orderId } });

      const { errors, ...rest } = refusal(getOrder, event);

      expect(rest).toEqual(INVALID);
      expect(errors).toEqual([expect.stringMatching(/^orderId: must be of the form /)]);
    },
  );
});

describe('a header', () => {
  it('is found whatever its case', () => {
    const event = anApiEvent({ headers: { 'X-Some-Header': 'a' } });

    expect(header(event, 'x-some-header')).toBe('a');
    expect(header(event, 'x-other-header')).toBeUndefined();
  });

  it('is not there in an event without headers', () => {
    const event = { ...anApiEvent(), headers: null } as unknown as ReturnType<typeof anApiEvent>;

    expect(header(event, 'x-some-header')).toBeUndefined();
  });
});
