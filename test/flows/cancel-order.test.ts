import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { FaultsClient } from '../support/faults-client';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { SandboxClient } from '../support/sandbox-client';

const STOCK = 100;

let system: LocalSystem;
let faults: FaultsClient;
let sandbox: SandboxClient;
beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
  faults = new FaultsClient(system.apiUrl);
  sandbox = await SandboxClient.open(system.awsUrl);
  await system.api.putStock('MUG-01', STOCK);
});
afterEach(() => faults.liftAll());
afterAll(() => system.close());

const place = async (body = orderBody()): Promise<string> => (await system.api.placeOrder(body)).json.orderId;
const cancel = (orderId: string, sub = 'alice') => system.api.call('POST', `/v1/orders/${orderId}/cancel`, { sub });
const partsOf = async (orderId: string) => {
  const [payment, shipment] = await Promise.all([
    system.api.call('GET', `/v1/payments/${orderId}`),
    system.api.call('GET', `/v1/shipments/${orderId}`),
  ]);
  return [payment.json?.status, shipment.json?.status];
};

describe('cancelling a confirmed order', () => {
  it('takes parcel, money and stock back', async () => {
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);
    const { available } = await system.api.stockOf('MUG-01');

    const answer = await cancel(orderId);
    const order = await system.orderThatIs('CANCELLED', orderId);

    expect(answer).toMatchObject({ status: 202, json: { orderId, status: 'CONFIRMED' } });
    expect(order).not.toHaveProperty('rejection');
    expect(await partsOf(orderId)).toEqual(['REFUNDED', 'CANCELLED']);
    expect((await system.api.stockOf('MUG-01')).available).toBe(available + 1);
  });

  it('is the same again when it is repeated, before and after', async () => {
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);

    const answers = await Promise.all([cancel(orderId), cancel(orderId), cancel(orderId)]);
    await system.orderThatIs('CANCELLED', orderId);

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await cancel(orderId)).toMatchObject({ status: 202, json: { status: 'CANCELLED' } });
    expect(await partsOf(orderId)).toEqual(['REFUNDED', 'CANCELLED']);
  });

  it('is refused once the carrier has the parcel', async () => {
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);
    await sandbox.handOver(orderId);

    const answer = await cancel(orderId);

    expect(answer).toMatchObject({ status: 409, json: { code: 'ORDER_NOT_CANCELLABLE' } });
    expect(answer.json.detail).toContain('the carrier has the parcel');
    expect(await partsOf(orderId)).toEqual(['CAPTURED', 'BOOKED']);
  });

  it('is settled with the carrier when no answer comes to the cancellation of the parcel', async () => {
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);
    await faults.add({ target: 'function:*-shipping-cancel-shipment', kind: 'error-before', count: 4 });

    await cancel(orderId);

    expect(await system.orderThatIs('CANCELLED', orderId)).toMatchObject({ orderId });
    expect(await partsOf(orderId)).toEqual(['REFUNDED', 'CANCELLED']);
  });

  it('comes too late when the carrier takes the parcel meanwhile: the order stays confirmed, for good', async () => {
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);
    // The carrier cannot be asked beforehand, and hands over before the saga asks it.
    await faults.add({ target: 'function:*-shipping-get-handover', kind: 'error-before' });
    await faults.add({ target: 'function:*-orders-start-saga', kind: 'error-before' });
    expect((await cancel(orderId)).status).toBe(202);
    await sandbox.handOver(orderId);
    await faults.liftAll();

    while ((await cancel(orderId)).status !== 409) await new Promise((resolve) => setTimeout(resolve, 50));

    expect(await system.api.call('GET', `/v1/orders/${orderId}`)).toMatchObject({ json: { status: 'CONFIRMED' } });
    expect(await partsOf(orderId)).toEqual(['CAPTURED', 'BOOKED']);
  });
});

describe('cancelling an order that is not confirmed yet', () => {
  it('makes its saga undo it', async () => {
    await faults.add({ target: 'function:*-payments-charge-payment', kind: 'delay', delayMs: 700, count: 1 });
    const orderId = await place();

    const answer = await cancel(orderId);
    const order = await system.settled(orderId);

    expect(answer).toMatchObject({ status: 202, json: { status: 'PENDING' } });
    expect(order).toMatchObject({ status: 'CANCELLED' });
    expect(order).not.toHaveProperty('rejection');
    expect(await partsOf(orderId)).toEqual(['REFUNDED', 'CANCELLED']);
  });

  it('is refused when it has been rejected', async () => {
    const orderId = await place(orderBody({ quantity: 1000 }));
    await system.orderThatIs('REJECTED', orderId);

    expect(await cancel(orderId)).toMatchObject({ status: 409, json: { code: 'ORDER_NOT_CANCELLABLE' } });
  });
});

describe('cancelling', () => {
  it('finds no order of somebody else, nor one that there is not', async () => {
    const orderId = await place();

    expect((await cancel(orderId, 'bob')).status).toBe(404);
    expect((await cancel(`ord_${'0'.repeat(32)}`)).status).toBe(404);
    expect(await system.orderThatIs('CONFIRMED', orderId)).toMatchObject({ orderId });
  });

  it('and confirming at once: exactly one wins, and the books agree', async () => {
    const orderIds = await Promise.all(Array.from({ length: 20 }, () => place()));
    const answers = await Promise.all(
      orderIds.map(async (orderId, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 40));
        return (await cancel(orderId)).status;
      }),
    );

    await Promise.all(orderIds.map((orderId) => system.orderThatIs('CANCELLED', orderId)));

    expect(new Set(answers)).toEqual(new Set([202]));
    const parts = await Promise.all(orderIds.map(partsOf));
    // One that was cancelled before it was charged has no payment, or one of which nothing was taken.
    for (const [payment, shipment] of parts) {
      expect([undefined, 'REFUNDED', 'VOIDED']).toContain(payment);
      expect([undefined, 'CANCELLED']).toContain(shipment);
    }
  });

  it('leaves books that add up', async () => {
    expect((await system.audit()).violations).toEqual([]);
    expect(system.errors).toEqual([]);
  });
});
