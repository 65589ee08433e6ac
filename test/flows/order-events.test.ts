import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { fastClock } from '../support/fast-clock';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { untilNotified } from '../support/notifications';
import { SandboxClient } from '../support/sandbox-client';
import { until } from '../support/until';

let system: LocalSystem;

beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), clock: fastClock(8) });
});
afterAll(() => system.close());

/** Places an order on a stock of its own, and waits for what becomes of it. */
async function place(sku: string, body: Parameters<typeof orderBody>[0] = {}) {
  await system.api.putStock(sku, 10);
  const { json } = await system.api.placeOrder(orderBody({ sku, ...body }));
  return system.settled(json.orderId);
}

const untilStock = (sku: string, onHand: number) =>
  until(
    `${onHand} of ${sku}`,
    () => system.api.stockOf(sku),
    (level) => level.onHand === onHand && level.reserved === 0,
  );

describe('an order that is confirmed', () => {
  it('is told to its customer, and its reservation becomes a sale', async () => {
    const { orderId, status } = await place('SOLD-01', { quantity: 3 });

    const told = await untilNotified(system.api, orderId, 1);

    expect(status).toBe('CONFIRMED');
    expect(told).toEqual([
      expect.objectContaining({
        type: 'order.confirmed',
        message: 'Order confirmed!',
        subject: { kind: 'order', id: orderId },
      }),
    ]);
    expect(await untilStock('SOLD-01', 7)).toMatchObject({ onHand: 7, reserved: 0, available: 7 });
  });

  it('and taken back after the sale brings the pieces and the money back', async () => {
    const { orderId } = await place('BACK-01', { quantity: 2 });
    await untilStock('BACK-01', 8);

    const cancelled = await system.api.call('POST', `/v1/orders/${orderId}/cancel`);
    await system.orderThatIs('CANCELLED', orderId);
    const told = await untilNotified(system.api, orderId, 3);

    expect(cancelled.status).toBe(202);
    expect(await untilStock('BACK-01', 10)).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
    expect(told.map(({ type, message }) => [type, message]).sort()).toEqual([
      ['order.cancelled', 'Order cancelled.'],
      ['order.confirmed', 'Order confirmed!'],
      ['payment.refunded', 'Payment refunded: 24.00 EUR'],
    ]);
  });
});

describe('an order that is not carried out', () => {
  it('is told to its customer with the reason, and sells nothing', async () => {
    const { orderId } = await place('KEPT-01', { token: 'tok_declined' });

    const told = await untilNotified(system.api, orderId, 1);

    expect(told.map(({ type, message }) => [type, message])).toEqual([
      ['order.rejected', 'Order rejected: the payment was declined'],
    ]);
    expect(await system.api.stockOf('KEPT-01')).toMatchObject({ onHand: 10, reserved: 0, available: 10 });
  });

  it('tells of the money that was given back', async () => {
    const { orderId } = await place('KEPT-02', { postalCode: '00000' });

    const told = await untilNotified(system.api, orderId, 2);

    expect(told.map(({ type }) => type).sort()).toEqual(['order.rejected', 'payment.refunded']);
  });

  it('and waits for people is told at once, and again when it is settled', async () => {
    const { orderId, status } = await place('KEPT-03', { token: 'tok_refund_fails', postalCode: '00000' });
    const parked = await untilNotified(system.api, orderId, 1);

    const sandbox = await SandboxClient.open(system.awsUrl);
    await sandbox.liftRefundFault(orderId);
    await system.api.call('POST', `/ops/sagas/${orderId}/redrive`);
    const settled = await untilNotified(system.api, orderId, 3);

    expect(status).toBe('NEEDS_ATTENTION');
    expect(parked.map(({ type }) => type)).toEqual(['order.parked']);
    expect(settled.map(({ type }) => type).sort()).toEqual(['order.parked', 'order.rejected', 'payment.refunded']);
  });
});

it('leaves books that add up', async () => {
  expect((await system.audit()).violations).toEqual([]);
});
