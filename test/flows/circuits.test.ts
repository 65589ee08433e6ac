import { QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeArchiveCommand } from '@aws-sdk/client-eventbridge';
import { accessKeyIdOf } from '../../infra/local/lambda/function-definition';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { awsClients } from '../support/aws';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import { until } from '../support/until';

let system: LocalSystem;

beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
  await system.api.putStock('MUG-01', 100);
});
afterAll(() => system.close());

const list = async () => (await system.api.call('GET', '/ops/circuits')).json.items;
const setMode = (mode: string, name = 'payments-provider') =>
  system.api.call('PUT', `/ops/circuits/${name}`, { body: { mode } });
const idle = (name: string) => ({ name, state: 'CLOSED', mode: 'auto', failures: 0 });

/** How often a function was invoked so far. */
const invocationsOf = (name: string) =>
  system.uses.filter((use) => use.service === 'lambda' && use.functionName === `holdfast-dev-${name}`).length;

async function archivedEvents(): Promise<number> {
  const { events } = awsClients(system.awsUrl);
  const { EventCount = 0 } = await events.send(new DescribeArchiveCommand({ ArchiveName: 'holdfast-dev' }));
  return EventCount;
}

async function place() {
  const { json } = await system.api.placeOrder(orderBody());
  return system.settled(json.orderId);
}

describe('circuits', () => {
  it('are listed by name before anybody has called a party, and shown by the health of the system', async () => {
    const names = ['notifications-sender', 'payments-provider', 'shipping-carrier'];

    expect(await list()).toEqual(names.map(idle));

    const { status, json } = await system.api.call('GET', '/health', { sub: null });
    expect(status).toBe(200);
    expect(json.circuits).toEqual(names.map((name) => ({ name, state: 'CLOSED' })));
    expect(json.services).toContainEqual({ name: 'circuits', status: 'HEALTHY' });
  });

  it.each([
    ['a name that is not known', setModeOf('payments-bank', { mode: 'isolated' }), 404, 'CIRCUIT_NOT_FOUND'],
    ['a name that cannot be', setModeOf('Payments', { mode: 'isolated' }), 400, 'INVALID_REQUEST'],
    ['a mode that there is not', setModeOf('payments-provider', { mode: 'open' }), 400, 'INVALID_REQUEST'],
    ['no mode', setModeOf('payments-provider', {}), 400, 'INVALID_REQUEST'],
    ['no right', setModeOf('payments-provider', { mode: 'isolated' }, 'orders:write'), 403, 'SCOPE_MISSING'],
  ])('refuse %s', async (_, put, status, code) => {
    const answer = await put();

    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect((await list()).map(({ mode }: { mode: string }) => mode)).toEqual(['auto', 'auto', 'auto']);
  });

  it('are not shown to whoever is no operator', async () => {
    expect((await system.api.call('GET', '/ops/circuits', { scope: 'orders:read' })).status).toBe(403);
  });

  it('that are isolated keep orders from the party, with everything undone, and are told of once', async () => {
    const answers = [await setMode('isolated'), await setMode('isolated')];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers[0]?.json).toMatchObject({ name: 'payments-provider', state: 'OPEN', mode: 'isolated' });
    expect(answers[1]?.json).toEqual(answers[0]?.json);
    expect(await list()).toContainEqual(answers[0]?.json);
    await until('the event', archivedEvents, (count) => count > 0);
    expect(await archivedEvents()).toBe(1);

    const order = await place();

    expect(order).toMatchObject({ status: 'REJECTED', rejection: { code: 'PAYMENT_UNAVAILABLE' } });
    expect(invocationsOf('sandbox-provider')).toBe(0);
    expect(await system.api.stockOf('MUG-01')).toMatchObject({ onHand: 100, reserved: 0 });
    expect((await system.audit()).violations).toEqual([]);
  });

  it('that are open make nothing unhealthy', async () => {
    const { status, json } = await system.api.call('GET', '/health', { sub: null });

    expect([status, json.status]).toEqual([200, 'HEALTHY']);
    expect(json.circuits).toContainEqual({ name: 'payments-provider', state: 'OPEN' });
  });

  it('that are given back let orders through again, and close by themselves', async () => {
    const { json } = await setMode('auto');
    expect(json).toMatchObject({ state: 'HALF_OPEN', mode: 'auto' });

    // Who has just looked refuses for some seconds more.
    const order = await until('an order that goes through', place, ({ status }) => status === 'CONFIRMED');
    await until('a second probe', place, ({ status }) => status === 'CONFIRMED');

    expect(order.status).toBe('CONFIRMED');
    await until(
      'a circuit that is closed',
      list,
      (items) => items.find(({ name }: { name: string }) => name === 'payments-provider').state === 'CLOSED',
    );
    expect((await system.audit()).violations).toEqual([]);
  });

  it('of other services are out of reach of a function that calls a party', async () => {
    const { dynamodb } = awsClients(system.awsUrl, accessKeyIdOf('holdfast-dev-payments-charge-payment'));
    const query = (service: string) =>
      dynamodb.send(
        new QueryCommand({
          TableName: 'holdfast-dev-circuits',
          KeyConditionExpression: 'service = :service',
          ExpressionAttributeValues: { ':service': { S: service } },
        }),
      );
    const update = new UpdateItemCommand({
      TableName: 'holdfast-dev-circuits',
      Key: { service: { S: 'shipping' }, circuit: { S: 'carrier' } },
      UpdateExpression: 'SET #state = :open',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':open': { S: 'OPEN' } },
    });

    expect((await query('payments')).Count).toBe(1);
    await expect(query('shipping')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(dynamodb.send(update)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

function setModeOf(name: string, body: object, scope = 'ops') {
  return () => system.api.call('PUT', `/ops/circuits/${name}`, { body, scope });
}
