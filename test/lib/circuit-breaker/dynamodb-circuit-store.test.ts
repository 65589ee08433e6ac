import '../../support/environment';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CircuitStore } from '../../../lib/circuit-breaker/circuit-store';
import { dynamodbCircuitStore } from '../../../lib/circuit-breaker/dynamodb-circuit-store';

const KEY = { service: 'payments', circuit: 'provider' };
const TIMEOUT_MS = 100;

/** What the endpoint does with a request: it answers so, or it cuts the connection, or it says nothing at all. */
type Answer = { readonly status: number; readonly body: object } | 'cut' | 'nothing';

const refusal = (status: number, name: string): Answer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no' },
});
const page = (names: readonly string[], next?: string): Answer => ({
  status: 200,
  body: {
    Items: names.map((name) => ({ service: { S: 'payments' }, circuit: { S: name }, v: { N: '1' } })),
    ...(next !== undefined && { LastEvaluatedKey: { service: { S: 'payments' }, circuit: { S: next } } }),
  },
});

describe('the requests of a store on DynamoDB', () => {
  let server: Server;
  let store: CircuitStore;
  let requests: Array<{ readonly operation: string; readonly input: Record<string, unknown> }>;
  let answer: (index: number) => Answer;

  beforeEach(async () => {
    requests = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      requests.push({ operation, input: JSON.parse(Buffer.concat(chunks).toString()) });
      const given = answer(requests.length - 1);
      if (given === 'cut') request.socket.destroy();
      if (typeof given === 'string') return;
      response.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(given.body));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    store = dynamodbCircuitStore({ tableName: 'circuits', requestTimeoutMs: TIMEOUT_MS });
  });
  afterEach(async () => {
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  describe.each<[string, (store: CircuitStore) => Promise<unknown>]>([
    ['a look', (store) => store.load('payments')],
    ['a write', (store) => store.write(KEY, { set: { v: 1 }, when: [] })],
  ])('%s', (_, call) => {
    it.each<[string, Answer, RegExp]>([
      ['throttled', refusal(400, 'ProvisionedThroughputExceededException'), /^ProvisionedThroughputExceeded/],
      ['denied', refusal(400, 'AccessDeniedException'), /^AccessDenied/],
      ['answered by a defect', refusal(500, 'InternalServerError'), /^InternalServerError/],
      ['cut off', 'cut', /socket hang up/],
      ['not answered', 'nothing', /^TimeoutError/],
    ])('rejects when it is %s, after one request', async (_, given, pattern) => {
      answer = () => given;

      const error: unknown = await call(store).then(
        () => 'no error',
        (thrown) => thrown,
      );

      expect(String(error)).toMatch(pattern);
      expect(requests).toHaveLength(1);
    });
  });

  it('look at all circuits of a service in one query, which may read what is a moment old', async () => {
    answer = () => page(['provider', 'bank']);

    expect([...(await store.load('payments')).keys()]).toEqual(['provider', 'bank']);
    expect(requests).toEqual([
      {
        operation: 'Query',
        input: {
          TableName: 'circuits',
          KeyConditionExpression: '#service = :service',
          ExpressionAttributeNames: { '#service': 'service' },
          ExpressionAttributeValues: { ':service': { S: 'payments' } },
        },
      },
    ]);
  });

  it('look at what was written last, where that is wanted, on every page', async () => {
    const exact = dynamodbCircuitStore({ tableName: 'circuits', requestTimeoutMs: TIMEOUT_MS, isConsistent: true });
    answer = (index) => (index === 0 ? page(['a'], 'a') : page(['b']));

    await exact.load('payments');

    expect(requests.map(({ input }) => input.ConsistentRead)).toEqual([true, true]);
  });

  it('ask for another page where there is one', async () => {
    answer = (index) => (index === 0 ? page(['a', 'b'], 'b') : page(['c']));

    expect([...(await store.load('payments')).keys()]).toEqual(['a', 'b', 'c']);
    expect(requests.map(({ input }) => input.ExclusiveStartKey)).toEqual([
      undefined,
      { service: { S: 'payments' }, circuit: { S: 'b' } },
    ]);
  });

  it('ask for five pages at most', async () => {
    answer = (index) => page([String(index)], String(index));

    await expect(store.load('payments')).rejects.toThrow('the circuits of payments fill more than 5 pages');
    expect(requests).toHaveLength(5);
  });

  it('read an item whose numbers are none that JavaScript has', async () => {
    const item = { service: { S: 'payments' }, circuit: { S: 'provider' }, epoch: { N: '9007199254740993.5' } };
    answer = () => ({ status: 200, body: { Items: [item] } });

    expect(await store.load('payments')).toEqual(new Map([['provider', { epoch: 9007199254740994 }]]));
  });

  it('write with one update that says what is there after it, or what stood in the way', async () => {
    answer = () => ({ status: 200, body: { Attributes: {} } });

    await store.write(KEY, {
      set: { state: 'OPEN' },
      add: { fence: 1 },
      remove: ['s0', 's1'],
      when: [
        { attribute: 'epoch', is: '=', value: 7 },
        { attribute: 's1', is: '<', value: 8, orMissing: true },
        { attribute: 'mode', is: 'missing' },
      ],
    });

    expect(requests).toEqual([
      {
        operation: 'UpdateItem',
        input: {
          TableName: 'circuits',
          Key: { service: { S: 'payments' }, circuit: { S: 'provider' } },
          UpdateExpression: 'SET #0 = :0 ADD #1 :1 REMOVE #2, #3',
          ConditionExpression: '#4 = :2 AND (attribute_not_exists(#3) OR #3 < :3) AND attribute_not_exists(#5)',
          ExpressionAttributeNames: {
            '#0': 'state',
            '#1': 'fence',
            '#2': 's0',
            '#3': 's1',
            '#4': 'epoch',
            '#5': 'mode',
          },
          ExpressionAttributeValues: { ':0': { S: 'OPEN' }, ':1': { N: '1' }, ':2': { N: '7' }, ':3': { N: '8' } },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ]);
  });
});
