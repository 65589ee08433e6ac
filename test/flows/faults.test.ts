import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { FaultsClient } from '../support/faults-client';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

let system: LocalSystem;
let faults: FaultsClient;
beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
  faults = new FaultsClient(system.apiUrl);
  await system.api.putStock('MUG-01', 1000);
  await system.settled((await system.api.placeOrder(orderBody())).json.orderId);
});
afterEach(() => faults.liftAll());
afterAll(() => system.close());

/** Places an order under its own key until it is accepted, as a client does that gets no answer. */
async function place(key: string, body = orderBody()): Promise<string> {
  for (;;) {
    const { status, json, text } = await system.api.placeOrder(body, { key });
    if (status === 202) return json.orderId;
    if (status < 500 && status !== 429 && status !== 409) throw new Error(`${status} ${text}`);
  }
}

const CHARGE = 'function:*-payments-charge-payment';

describe('a fault that strikes an order once', () => {
  it.each([
    { target: CHARGE, kind: 'error-before' },
    { target: CHARGE, kind: 'error-after' },
    { target: CHARGE, kind: 'timeout-after' },
    { target: CHARGE, kind: 'delay', delayMs: 20 },
    { target: CHARGE, kind: 'throttle' },
    { target: CHARGE, kind: 'duplicate' },
    { target: CHARGE, kind: 'crash' },
    { target: 'function:*-orders-create-order', kind: 'crash' },
    { target: 'function:*-orders-start-saga', kind: 'crash' },
    { target: 'function:*-sandbox-provider', kind: 'error-after' },
    { target: 'dynamodb:*-payments', kind: 'error-before' },
    { target: 'dynamodb:*-payments', kind: 'error-after' },
    { target: 'dynamodb:*-payments', kind: 'timeout-after', delayMs: 20 },
    { target: 'dynamodb:*-orders', kind: 'throttle' },
    { target: 'dynamodb:*-inventory', kind: 'duplicate' },
    { target: 'states', kind: 'error-after' },
  ])('$kind on $target: it is confirmed all the same, and charged once', async (fault) => {
    const id = await faults.add({ ...fault, count: 1 });

    const order = await system.settled(await place(`once-${id}`));

    expect(order).toMatchObject({ status: 'CONFIRMED' });
    expect(await faults.strikes(id)).toBe(1);
    expect(system.notices.at(-1)).toContain(`${id} (${fault.kind} on ${fault.target})`);
    const payment = await system.api.call('GET', `/v1/payments/${order.orderId}`);
    expect(payment.json).toMatchObject({ status: 'CAPTURED', amountCents: order.totalCents });
  });
});

describe('a pivot that cannot be reached', () => {
  it('is given up, and everything before it undone', async () => {
    await faults.add({ target: 'function:*-orders-confirm-order', kind: 'throttle' });

    const order = await system.settled(await place('no-pivot'));

    expect(order).toMatchObject({ status: 'REJECTED', rejection: { code: 'SERVICE_UNAVAILABLE' } });
    const payment = await system.api.call('GET', `/v1/payments/${order.orderId}`);
    expect(payment.json).toMatchObject({ status: 'REFUNDED' });
  });
});

describe('many faults at once', () => {
  it('leave every order at its end, and books that add up', async () => {
    for (const target of ['function:*', 'dynamodb', 'states', 'secretsmanager']) {
      for (const kind of ['error-before', 'error-after', 'throttle', 'duplicate']) {
        await faults.add({ target, kind, rate: 0.02, seed: 7 });
      }
    }
    await faults.add({ target: 'function:*', kind: 'crash', rate: 0.03, seed: 7 });
    const tokens = ['tok_ok', 'tok_ok', 'tok_declined', 'tok_flaky', 'tok_lost_reply'];
    const orderIds: string[] = [];

    // How many calls an order makes, and so how many faults strike, is for the faults themselves to say.
    do {
      const placed = tokens.map((token, index) => place(`many-${orderIds.length + index}`, orderBody({ token })));
      orderIds.push(...(await Promise.all(placed)));
    } while (orderIds.length < 25 || (await faults.strikes()) < 20);
    await faults.liftAll();
    const orders = await Promise.all(orderIds.map((orderId) => system.settled(orderId)));

    expect(new Set(orderIds).size).toBe(orderIds.length);
    expect(orders.map(({ status }) => status)).not.toContain('PENDING');
    expect((await system.audit()).violations).toEqual([]);
    expect(system.errors).toEqual([]);
  });
});

describe('the interface of faults', () => {
  it('is at the AWS endpoint too', async () => {
    const id = await new FaultsClient(system.awsUrl).add({ target: 'sqs', kind: 'throttle' });

    expect(await faults.strikes(id)).toBe(0);
  });

  it('says what is wrong with a fault that it refuses', async () => {
    const answer = await faults.post({ target: 'sqs', kind: 'explode', rate: 2 });

    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({
        errors: [expect.objectContaining({ path: 'kind' }), expect.objectContaining({ path: 'rate' })],
      }),
    ]);
  });
});
