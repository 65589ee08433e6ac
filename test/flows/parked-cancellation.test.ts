import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { fastClock } from '../support/fast-clock';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { SandboxClient } from '../support/sandbox-client';

describe('a cancellation whose refund fails for good', () => {
  let system: LocalSystem;
  let orderId: string;
  const redrive = () => system.api.call('POST', `/ops/sagas/${orderId}/redrive`);

  beforeAll(async () => {
    // The refund is repeated for up to a minute; nothing here waits for an answer that takes longer on a fast clock.
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), clock: fastClock(20) });
    await system.api.putStock('MUG-01', 10);
    orderId = (await system.api.placeOrder(orderBody({ token: 'tok_refund_fails' }))).json.orderId;
    await system.orderThatIs('CONFIRMED', orderId);
    await system.api.call('POST', `/v1/orders/${orderId}/cancel`);
    await system.orderThatIs('NEEDS_ATTENTION', orderId);
  }, 120_000);

  afterAll(() => system.close());

  it('is parked, and no violation of the books', async () => {
    const { json } = await system.api.call('GET', '/ops/sagas?status=parked');

    expect(json.items).toMatchObject([{ orderId, status: 'parked' }]);
    expect((await system.audit()).violations).toEqual([]);
  });

  it('is done to its end by a redrive once the fault is lifted', async () => {
    expect((await redrive()).status).toBe(202);
    await (await SandboxClient.open(system.awsUrl)).liftRefundFault(orderId);
    // The redrive before may still be about to give up.
    while ((await redrive()).status !== 409) await new Promise((resolve) => setTimeout(resolve, 50));

    const order = await system.orderThatIs('CANCELLED', orderId);
    const payment = await system.api.call('GET', `/v1/payments/${orderId}`);
    expect(order).not.toHaveProperty('rejection');
    expect(payment.json).toMatchObject({ status: 'REFUNDED', refundedCents: order.totalCents });
    expect(await system.api.stockOf('MUG-01')).toMatchObject({ available: 10, reserved: 0 });
    expect((await system.audit()).violations).toEqual([]);
  }, 60_000);
});
