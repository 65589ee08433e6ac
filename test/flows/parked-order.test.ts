import { toStorySteps } from '../stories/play';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { fastClock } from '../support/fast-clock';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { SandboxClient } from '../support/sandbox-client';

describe('an order whose refund fails for good', () => {
  let system: LocalSystem;
  let sandbox: SandboxClient;
  let orderId: string;
  const redrive = () => system.api.call('POST', `/ops/sagas/${orderId}/redrive`);
  const parked = async () =>
    (await system.api.call('GET', '/ops/sagas?status=parked')).json.items.map(
      (item: { orderId: string }) => item.orderId,
    );
  /** The undo runs of the order, as far as they have come, in what its saga shows. */
  const undoRuns = async () => {
    const { json } = await system.api.call('GET', `/ops/sagas/${orderId}`);
    const all: Array<{ name: string; status: string }> = json.steps;
    return all.filter(({ name }) => name === 'RefundPayment').map(({ status }) => status);
  };
  const untilRefundRuns = async (statuses: string[]) => {
    for (;;) {
      const runs = await undoRuns();
      if (runs.length >= statuses.length && runs.at(-1) !== 'running') return expect(runs).toEqual(statuses);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  beforeAll(async () => {
    // The undo is repeated for up to a minute; nothing here waits for an answer that takes longer on a fast clock.
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), clock: fastClock(20) });
    sandbox = await SandboxClient.open(system.awsUrl);
    await system.api.putStock('MUG-01', 10);
    const body = orderBody({ token: 'tok_refund_fails', postalCode: '00000' });
    orderId = (await system.api.placeOrder(body)).json.orderId;
  }, 60_000);

  afterAll(() => system.close());

  it('has its other undos done all the same, and needs attention', async () => {
    const { status, steps } = await system.sagas.untilEnded(orderId);

    expect(toStorySteps(steps)).toEqual([
      'ReserveStock',
      'ChargePayment',
      'CREATESHIPMENT',
      'AbandonOrder',
      'CancelShipment',
      'REFUNDPAYMENT',
      'ReleaseStock',
      'ParkOrder',
    ]);
    expect(status).toBe('FAILED');
    expect(steps.find(({ name }) => name === 'RefundPayment')).toMatchObject({ attempts: 7 });
  });

  it('tells the customer so, and why it could not be carried out', async () => {
    const { json } = await system.api.call('GET', `/v1/orders/${orderId}`);

    expect(json).toMatchObject({
      status: 'NEEDS_ATTENTION',
      rejection: { code: 'SHIPPING_REFUSED', step: 'CreateShipment' },
    });
  });

  it('still shows the money as captured, and the stock as free', async () => {
    const payment = await system.api.call('GET', `/v1/payments/${orderId}`);
    const stock = await system.api.stockOf('MUG-01');

    expect(payment.json).toMatchObject({ status: 'CAPTURED', refundedCents: 0 });
    expect(stock).toMatchObject({ available: 10, reserved: 0 });
  });

  it('is counted by the audit, and is no violation: it is not hidden', async () => {
    const { counts, violations } = await system.audit();

    expect(violations).toEqual([]);
    expect(counts).toMatchObject({ 'orders NEEDS_ATTENTION': 1 });
  });

  it('is listed as parked, with every step, undo and attempt', async () => {
    const { json } = await system.api.call('GET', `/ops/sagas/${orderId}`);

    expect(await parked()).toEqual([orderId]);
    expect(json).toMatchObject({ orderId, status: 'parked' });
    expect(json.steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'CreateShipment',
          kind: 'step',
          status: 'refused',
          error: 'AddressRefusedError',
        }),
        expect.objectContaining({ name: 'CancelShipment', kind: 'undo', status: 'succeeded' }),
        expect.objectContaining({ name: 'RefundPayment', kind: 'undo', status: 'failed', attempts: 7 }),
        expect.objectContaining({ name: 'ReleaseStock', kind: 'undo', status: 'succeeded' }),
      ]),
    );
  });

  it('is parked again when it is redriven too early, as often as one likes', async () => {
    const answers = [await redrive(), await redrive()];
    await untilRefundRuns(['failed', 'failed']);

    expect(answers.map(({ status, json }) => [status, json])).toEqual([
      [202, { orderId, status: 'parked' }],
      [202, { orderId, status: 'parked' }],
    ]);
    expect(await parked()).toEqual([orderId]);
  }, 60_000);

  it('is undone to the end by a redrive once the fault is lifted', async () => {
    await sandbox.liftRefundFault(orderId);
    // The redrive before may still be about to note that it has failed.
    while ((await redrive()).status !== 409) await new Promise((resolve) => setTimeout(resolve, 50));
    const order = await system.orderThatIs('REJECTED', orderId);

    expect(order.rejection).toMatchObject({ code: 'SHIPPING_REFUSED', step: 'CreateShipment' });
    const payment = await system.api.call('GET', `/v1/payments/${orderId}`);
    expect(payment.json).toMatchObject({ status: 'REFUNDED', refundedCents: order.totalCents });
    expect(await parked()).toEqual([]);
    expect((await system.audit()).violations).toEqual([]);
  }, 60_000);

  it('has nothing to redrive any more', async () => {
    const answer = await redrive();

    expect(answer).toMatchObject({ status: 409, json: { code: 'SAGA_NOT_PARKED' } });
    expect(answer.json.detail).toContain('compensated');
  });
});
