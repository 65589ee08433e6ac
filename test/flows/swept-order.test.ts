import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { ListExecutionsCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { orderBody } from '../support/api-client';
import { type AssemblyKind, assemblyDirectory } from '../support/assembly';
import { awsClients } from '../support/aws';
import { FaultsClient } from '../support/faults-client';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { SandboxClient } from '../support/sandbox-client';
import { shiftedClock } from '../support/shifted-clock';
import { sweepOnce, sweepUntilSettled, sweepUntilTakenUp } from '../support/sweep';

const MACHINES = 'arn:aws:states:us-east-1:000000000000:stateMachine:holdfast-dev-';
const EXECUTIONS = 'arn:aws:states:us-east-1:000000000000:execution:holdfast-dev-';

/** A system whose clock can be put forward, so that the sweeper's minutes go by at once. */
async function openWorld(kind: AssemblyKind) {
  const clock = shiftedClock();
  const system: LocalSystem = await startLocalSystem({ assemblyDirectory: assemblyDirectory(kind), clock });
  const faults = new FaultsClient(system.apiUrl);
  const { states } = awsClients(system.awsUrl);
  await system.api.putStock('MUG-01', 100);
  const place = async (body = orderBody()): Promise<string> => (await system.api.placeOrder(body)).json.orderId;
  /** Holds the saga up in a function, once what begins it has been done; until the faults are lifted. */
  const held = async (functionName: string, begin: () => Promise<string>) => {
    const id = await faults.add({ target: `function:*-${functionName}`, kind: 'delay', delayMs: 1_500 });
    const orderId = await begin();
    while ((await faults.strikes(id)) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    return orderId;
  };
  const stop = async (saga: string, orderId: string) => {
    await states.send(new StopExecutionCommand({ executionArn: `${EXECUTIONS}${saga}:${orderId}` }));
    await faults.liftAll();
  };
  /** An order whose execution was stopped by hand when it was about to be charged. */
  const stopped = async (body = orderBody()) => {
    const orderId = await held('payments-charge-payment', () => place(body));
    await stop('place-order', orderId);
    return orderId;
  };
  const sweep = (orderId: string) => sweepUntilSettled(system, clock, orderId);
  return { system, clock, faults, place, held, stop, stopped, sweep, states };
}

describe('an order whose saga', () => {
  let world: Awaited<ReturnType<typeof openWorld>>;
  beforeAll(async () => {
    world = await openWorld('dev');
  });
  afterEach(() => world.faults.liftAll());
  afterAll(() => world.system.close());

  it('was never started is taken up by the sweeper', async () => {
    const { faults, place, sweep } = world;
    await faults.add({ target: 'function:*-orders-start-saga', kind: 'error-before' });

    expect(await sweep(await place())).toMatchObject({ status: 'CONFIRMED' });
  });

  it('was stopped by hand is taken up under the next name', async () => {
    const { stopped, sweep, states, system } = world;
    const orderId = await stopped();

    expect(await sweep(orderId)).toMatchObject({ status: 'CONFIRMED' });

    const { executions = [] } = await states.send(
      new ListExecutionsCommand({ stateMachineArn: `${MACHINES}place-order` }),
    );
    const names = executions.map(({ name, status }) => `${name} ${status}`).filter((line) => line.includes(orderId));
    expect(names.sort()).toEqual([`${orderId} ABORTED`, `${orderId}-1 SUCCEEDED`].sort());
    const saga = await system.api.call('GET', `/ops/sagas/${orderId}`);
    expect(saga.json.steps.map(({ name }: { name: string }) => name).slice(-4)).toEqual([
      'ReserveStock',
      'ChargePayment',
      'CreateShipment',
      'ConfirmOrder',
    ]);
  }, 60_000);

  it('was cancelled and never started is undone', async () => {
    const { faults, place, sweep, system } = world;
    await faults.add({ target: 'function:*-orders-start-saga', kind: 'error-before' });
    const orderId = await place();
    await system.api.call('POST', `/v1/orders/${orderId}/cancel`);

    expect(await sweep(orderId)).toMatchObject({ status: 'CANCELLED' });
  }, 60_000);

  it('was stopped after the customer had taken it back is only undone', async () => {
    const { faults, stopped, states, system, clock } = world;
    const orderId = await stopped();
    await system.api.call('POST', `/v1/orders/${orderId}/cancel`);
    await faults.liftAll();
    await faults.add({ target: 'function:*-inventory-release-stock', kind: 'delay', delayMs: 3_000, count: 1 });
    await sweepUntilTakenUp(system, clock, orderId);
    // The next run finds that it is at work, and leaves it alone.
    await sweepOnce(system, clock);

    expect(await system.settled(orderId)).toMatchObject({ status: 'CANCELLED' });

    const { executions = [] } = await states.send(
      new ListExecutionsCommand({ stateMachineArn: `${MACHINES}place-order-undo` }),
    );
    expect(executions.map(({ name }) => name)).toEqual([`${orderId}-1`]);
  }, 60_000);

  it('was being cancelled when it was stopped is cancelled to the end', async () => {
    const { held, stop, place, system, clock } = world;
    const orderId = await place();
    await system.orderThatIs('CONFIRMED', orderId);
    await held('shipping-cancel-shipment', async () => {
      await system.api.call('POST', `/v1/orders/${orderId}/cancel`);
      return orderId;
    });
    await stop('cancel-order', orderId);

    await sweepUntilTakenUp(system, clock, orderId);

    expect(await system.orderThatIs('CANCELLED', orderId)).toMatchObject({ orderId });
  }, 60_000);

  it('was taken up, and is parked then, can be redriven', async () => {
    const { stopped, system, clock } = world;
    const orderId = await stopped(orderBody({ token: 'tok_refund_fails', postalCode: '00000' }));
    await sweepUntilTakenUp(system, clock, orderId);
    // Its refund is repeated for a minute.
    const parked = system.orderThatIs('NEEDS_ATTENTION', orderId);
    const isParked = parked.then(() => true);
    while (!(await Promise.race([isParked, new Promise((resolve) => setTimeout(resolve, 500, false))]))) {
      clock.shiftBy(5_000);
    }
    await (await SandboxClient.open(system.awsUrl)).liftRefundFault(orderId);

    const redriven = await system.api.call('POST', `/ops/sagas/${orderId}/redrive`);

    expect(redriven.status).toBe(202);
    expect(await system.orderThatIs('REJECTED', orderId)).toMatchObject({ orderId });
  }, 120_000);

  it('meets a state that somebody has made up is parked, and can be brought to its end', async () => {
    const { faults, held, system } = world;
    const orderId = await held('payments-charge-payment', () => world.place());
    await awsClients(system.awsUrl).dynamodb.send(
      new UpdateItemCommand({
        TableName: 'holdfast-dev-orders',
        Key: { orderId: { S: orderId } },
        UpdateExpression: 'SET #status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': { S: 'SHIPPED_BY_HAND' } },
      }),
    );
    await faults.liftAll();
    await system.orderThatIs('NEEDS_ATTENTION', orderId);

    const redriven = await system.api.call('POST', `/ops/sagas/${orderId}/redrive`);

    expect(redriven.status).toBe(202);
    expect(await system.orderThatIs('REJECTED', orderId)).toMatchObject({ orderId });
  }, 120_000);

  it('runs, is finished or is unknown cannot be redriven', async () => {
    const { faults, place, system } = world;
    const redrive = (orderId: string) => system.api.call('POST', `/ops/sagas/${orderId}/redrive`);
    await faults.add({ target: 'function:*-payments-charge-payment', kind: 'delay', delayMs: 1_000, count: 1 });
    const orderId = await place();
    const running = await redrive(orderId);
    await system.orderThatIs('CONFIRMED', orderId);

    expect(running).toMatchObject({ status: 409, json: { code: 'SAGA_NOT_PARKED' } });
    expect(await redrive(orderId)).toMatchObject({ status: 409, json: { code: 'SAGA_NOT_PARKED' } });
    expect(await redrive(`ord_${'0'.repeat(32)}`)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    expect(await redrive('nonsense')).toMatchObject({ status: 400 });
    expect(await system.api.call('GET', '/ops/sagas?status=lost')).toMatchObject({ status: 400 });
    expect(await system.api.call('GET', '/ops/sagas', { scope: 'orders:read' })).toMatchObject({ status: 403 });
  });

  it('runs twice at once comes to one end', async () => {
    const { place, states, system } = world;
    const orderIds = await Promise.all([
      place(),
      place(orderBody({ token: 'tok_declined' })),
      place(orderBody({ postalCode: '00000' })),
    ]);
    const { items, totalCents, currency } = (await system.api.call('GET', `/v1/orders/${orderIds[0]}`)).json;
    const lines = items.map(({ sku, quantity }: { sku: string; quantity: number }) => ({ sku, quantity }));
    for (const orderId of orderIds) {
      const input = { orderId, customerId: 'alice', lines, totalCents, currency };
      await states.send(
        new StartExecutionCommand({
          stateMachineArn: `${MACHINES}place-order`,
          name: `${orderId}-by-hand`,
          input: JSON.stringify(input),
        }),
      );
    }
    await Promise.all(orderIds.map((orderId) => system.sagas.untilEnded(`${orderId}-by-hand`)));
    const orders = await Promise.all(orderIds.map((orderId) => system.settled(orderId)));

    expect(orders.map(({ status }) => status)).toEqual(['CONFIRMED', 'REJECTED', 'REJECTED']);
  }, 60_000);

  it('leaves books that add up', async () => {
    expect((await world.system.audit()).violations).toEqual([]);
    expect(world.system.errors).toEqual([]);
  });
});
