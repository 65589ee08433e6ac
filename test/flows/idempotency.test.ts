import { randomUUID } from 'node:crypto';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

describe('repeating a request', () => {
  let system: LocalSystem;

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
    await system.api.putStock('MUG-01', 100);
  });

  afterAll(() => system.close());

  it('answers the same, byte for byte, and says that it is a replay', async () => {
    const key = randomUUID();
    const first = await system.api.placeOrder(orderBody(), { key });
    await system.settled(first.json.orderId);

    const again = await system.api.placeOrder(orderBody(), { key });

    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
  });

  it('replays at the price of the first time', async () => {
    const key = randomUUID();
    const first = await system.api.placeOrder(orderBody(), { key });
    await system.api.putStock('MUG-01', 100, 9900);

    const again = await system.api.placeOrder(orderBody(), { key });

    expect(again.text).toBe(first.text);
  });

  it('takes a body with its members in another order for the same', async () => {
    const key = randomUUID();
    const { items, payment, shipTo } = orderBody();
    const first = await system.api.placeOrder({ items, payment, shipTo }, { key });

    const again = await system.api.placeOrder({ shipTo, payment, items }, { key });

    expect([again.status, again.text]).toEqual([202, first.text]);
  });

  it('refuses the key with another body', async () => {
    const key = randomUUID();
    await system.api.placeOrder(orderBody(), { key });

    const other = await system.api.placeOrder(orderBody({ quantity: 2 }), { key });

    expect([other.status, other.json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('keeps the keys of two callers apart', async () => {
    const key = randomUUID();
    const alices = await system.api.placeOrder(orderBody(), { key, sub: 'alice' });

    const bobs = await system.api.placeOrder(orderBody(), { key, sub: 'bob' });

    expect(bobs.status).toBe(202);
    expect(bobs.json.orderId).not.toBe(alices.json.orderId);
  });

  it('makes one order of twenty equal requests at once, with one saga and one charge', async () => {
    const key = randomUUID();
    const twenty = Array.from({ length: 20 }, () => system.api.placeOrder(orderBody(), { key, sub: 'carol' }));

    const answers = await Promise.all(twenty);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    await system.settled(answers[0]?.json.orderId, 'carol');
    expect((await system.api.call('GET', '/v1/orders', { sub: 'carol' })).json.items).toHaveLength(1);
    expect((await system.audit()).violations).toEqual([]);
  });
});
