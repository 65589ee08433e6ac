import { toStorySteps } from '../stories/play';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { fastClock } from '../support/fast-clock';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

describe('an order whose refund fails for good', () => {
  let system: LocalSystem;
  let orderId: string;

  beforeAll(async () => {
    // The undo is repeated for up to a minute; nothing here waits for an answer that takes longer on a fast clock.
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev'), clock: fastClock(20) });
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
});
