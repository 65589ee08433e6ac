import '../../support/environment';
import { DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { payments } from '../../../functions/payments/contract';
import { ITEM_VERSION, SLOTS, slotNames } from '../../../lib/circuit-breaker/circuit-item';
import { openParty } from '../../../lib/resilience/open-party';

describe('opening a party', () => {
  const dynamodb = mockClient(DynamoDBDocumentClient);
  let sent: string[] = [];
  beforeEach(() => {
    dynamodb.reset();
    sent = [];
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (to) => {
      const { hostname } = new URL(to instanceof Request ? to.url : String(to));
      sent.push(hostname);
      return hostname.startsWith('secretsmanager') ? Response.json({ SecretString: 's3cret' }) : Response.json({});
    });
  });
  afterEach(() => jest.restoreAllMocks());

  it('looks at the circuits of the service once for all, and asks nobody else before the first call', async () => {
    dynamodb.on(QueryCommand).resolves({ Items: [] });
    const [one, other] = [openParty(payments, 'provider'), openParty(payments, 'provider')];
    expect(sent).toEqual([]);
    expect(dynamodb.calls()).toHaveLength(1);

    await one.call({ method: 'GET', path: '/charges/ord_1' });
    await other.call({ method: 'GET', path: '/charges/ord_1' });

    const looks = dynamodb.commandCalls(QueryCommand).map(({ args }) => args[0].input);
    expect(looks).toMatchObject([{ TableName: 'holdfast-test-circuits' }]);
    expect(sent.filter((hostname) => hostname === 'provider.invalid')).toHaveLength(2);
    expect(dynamodb.commandCalls(UpdateCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'holdfast-test-circuits',
      Key: { service: 'payments', circuit: 'provider' },
    });
  });

  it('tells of the circuit that it opens, in the write that opens it and in the log', async () => {
    const failing = { ...payments, name: 'failing' };
    const slot = Math.floor(Date.now() / 3_000);
    const names = slotNames(slot % SLOTS);
    const counts = { until: 0, breaks: 0, leaseUntil: 0, fence: 0, probeSuccesses: 0 };
    const item = { circuit: 'provider', v: ITEM_VERSION, state: 'CLOSED', epoch: 1, ...counts };
    dynamodb.on(QueryCommand).resolves({ Items: [item] });
    dynamodb
      .on(UpdateCommand)
      .resolves({ Attributes: { ...item, [names.id]: slot, [names.calls]: 5, [names.failures]: 5 } });
    jest
      .mocked(globalThis.fetch)
      .mockImplementation(async (to) =>
        String(to).startsWith('http://provider')
          ? new Response('', { status: 503 })
          : Response.json({ SecretString: 's3cret' }),
      );
    const { call } = openParty(failing, 'provider');
    const lines = [jest.spyOn(console, 'info'), jest.spyOn(console, 'warn')].map((spy) => spy.mockReturnValue());

    await call({ method: 'GET', path: '/charges/ord_1' });

    const values = dynamodb.commandCalls(UpdateCommand).map(({ args }) => args[0].input.ExpressionAttributeValues);
    expect(JSON.stringify(values.at(-1))).toContain('"type":"circuit.opened"');
    const [metrics, warnings] = lines.map((spy) => spy.mock.calls.join('\n'));
    expect(metrics).toContain('"Circuit":"failing-provider","CircuitOpened":1');
    expect(warnings).toContain('circuit opened, cause: failures');
  });

  it('fails at INIT where the environment does not say where the circuits are kept', () => {
    const { CIRCUITS_TABLE_NAME } = process.env;
    delete process.env.CIRCUITS_TABLE_NAME;
    try {
      expect(() => openParty({ ...payments, name: 'others' }, 'provider')).toThrow('CIRCUITS_TABLE_NAME');
    } finally {
      process.env.CIRCUITS_TABLE_NAME = CIRCUITS_TABLE_NAME;
    }
  });

  it('knows only the parties of the contract', () => {
    // @ts-expect-error there is no such party
    expect(() => openParty(payments, 'carriers')).toThrow('CARRIERS_URL');
  });
});
