import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { awsClients } from '../support/aws';
import { FaultsClient } from '../support/faults-client';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { shiftedClock } from '../support/shifted-clock';
import { sweepUntilSettled } from '../support/sweep';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-dev-place-order';

interface Step {
  readonly name: string;
  readonly kind: string;
  readonly status: string;
}

describe('the system with Express sagas', () => {
  const clock = shiftedClock();
  let system: LocalSystem;
  let faults: FaultsClient;
  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('express'), clock });
    faults = new FaultsClient(system.apiUrl);
    await system.api.putStock('MUG-01', 100);
  });
  afterEach(() => faults.liftAll());
  afterAll(() => system.close());

  const place = async (body = orderBody()): Promise<string> => (await system.api.placeOrder(body)).json.orderId;
  const sagaOf = async (orderId: string): Promise<{ status: string; steps: Step[] }> =>
    (await system.api.call('GET', `/ops/sagas/${orderId}`)).json;
  const lines = ({ steps }: { steps: Step[] }) => steps.map(({ name, status }) => `${name} ${status}`);

  it('confirms an order, and shows its timeline from the log', async () => {
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);
    const saga = await sagaOf(orderId);

    expect(saga.status).toBe('completed');
    expect(lines(saga)).toEqual([
      'ReserveStock succeeded',
      'ChargePayment succeeded',
      'CreateShipment succeeded',
      'ConfirmOrder succeeded',
    ]);
  });

  it('undoes every step of an order that fails, also those that were not attempted', async () => {
    const orderId = await place(orderBody({ token: 'tok_declined' }));
    const order = await system.orderThatIs('REJECTED', orderId);

    expect(order.rejection).toMatchObject({ code: 'PAYMENT_DECLINED' });
    expect(lines(await sagaOf(orderId))).toEqual([
      'ReserveStock succeeded',
      'ChargePayment refused',
      'AbandonOrder succeeded',
      'CancelShipment succeeded',
      'RefundPayment succeeded',
      'ReleaseStock succeeded',
      'RejectOrder succeeded',
    ]);
  });

  it('cancels an order that was confirmed', async () => {
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);

    expect((await system.api.call('POST', `/v1/orders/${orderId}/cancel`)).status).toBe(202);
    await system.orderThatIs('CANCELLED', orderId);
  });

  it('bears an execution that is started three times at once', async () => {
    const orderId = await place();
    const { items, totalCents, currency } = (await system.api.call('GET', `/v1/orders/${orderId}`)).json;
    const lines = items.map(({ sku, quantity }: { sku: string; quantity: number }) => ({ sku, quantity }));
    const input = JSON.stringify({ orderId, customerId: 'alice', lines, totalCents, currency });
    const { states } = awsClients(system.awsUrl);
    const start = () => states.send(new StartExecutionCommand({ stateMachineArn: MACHINE, name: orderId, input }));
    await Promise.all([start(), start()]);

    expect(await system.settled(orderId)).toMatchObject({ status: 'CONFIRMED' });
  });

  it('takes an order up with a standard machine when it was not started in time', async () => {
    await faults.add({ target: 'function:*-orders-start-saga', kind: 'error-before' });
    const orderId = await place();
    await sweepUntilSettled(system, clock, orderId);

    const { json } = await system.api.call('GET', '/ops/sagas?status=completed');
    expect(json.items.map((item: { orderId: string }) => item.orderId)).toContain(orderId);
    expect(lines(await sagaOf(orderId))).toHaveLength(4);
  }, 60_000);

  it('leaves books that add up', async () => {
    expect((await system.audit()).violations).toEqual([]);
    expect(system.errors).toEqual([]);
  });
});
