import { services } from '../../../functions/services';
import type { LogLine } from '../../../infra/local/lambda/lambda';
import type { Use } from '../../../infra/local/usage';
import { functionName, tableName } from '../../../lib/service/names';
import { countOperations, type Operations, type Seen, STAGE } from './operations';

const CREATE = functionName(STAGE, 'orders', 'create-order');
const START = functionName(STAGE, 'orders', 'start-saga');
const TOKEN = functionName(STAGE, 'orders', 'get-payment-token');
const CHARGE = functionName(STAGE, 'payments', 'charge-payment');
const RELAY = functionName(STAGE, 'orders', 'relay-events');
const SELL = functionName(STAGE, 'inventory', 'sell-stock');
const NOTIFY = functionName(STAGE, 'notifications', 'notify-customer');
const PROVIDER = functionName(STAGE, 'sandbox', 'provider');
const scheduled = services.flatMap(({ name, handlers }) =>
  Object.entries(handlers).flatMap(([handler, { trigger }]) =>
    trigger.kind === 'schedule' ? [functionName(STAGE, name, handler)] : [],
  ),
);

const count = (seen: Partial<Seen>): Operations =>
  countOperations({ uses: [], functionLogs: [], otherLogBytes: [], apiRequests: 0, executions: [], ...seen });
const invoked = (...names: string[]): Use[] => names.map((name) => ({ service: 'lambda', functionName: name }));
const used = (by: string | undefined, service: string, operation: string, units: number): Use => ({
  service: 'dynamodb',
  operation,
  table: tableName(STAGE, service),
  units,
  ...(by !== undefined && { functionName: by }),
});
const billed = (name: string, billedMs: number): Use => ({
  service: 'lambda-time',
  functionName: name,
  billedMs,
  memoryMb: 256,
});
const published = (by: string | undefined, detailType: string, bytes: number): Use => ({
  service: 'event-bridge',
  detailType,
  bytes,
  ...(by !== undefined && { functionName: by }),
});
const asked = (queue: string, operation: string, messages: number, bytes = 0): Use => ({
  service: 'sqs',
  operation,
  queue,
  messages,
  bytes,
});
const logged = (name: string, text: string) => ({ functionName: name, text, message: text }) as LogLine;

describe('the operations on the bill', () => {
  it('have each function once, with its invocations, its memory and the median of the times that were billed', () => {
    const { functions } = count({
      uses: [
        ...invoked(CREATE, CHARGE, CREATE, CREATE),
        ...[billed(CREATE, 7), billed(CHARGE, 20), billed(CREATE, 4), billed(CREATE, 900)],
      ],
    });

    expect(functions).toEqual([
      { name: 'orders/create-order', invocations: 3, memoryMb: 256, billedMs: 7 },
      { name: 'payments/charge-payment', invocations: 1, memoryMb: 256, billedMs: 20 },
    ]);
  });

  it('have the capacity units by table and operation, reads and writes told apart', () => {
    const { tables } = count({
      uses: [
        used(CREATE, 'orders', 'GetItem', 1),
        used(CREATE, 'orders', 'PutItem', 3),
        used(CHARGE, 'payments', 'UpdateItem', 1),
        used(TOKEN, 'orders', 'GetItem', 0.5),
      ],
    });

    expect(tables).toEqual([
      { service: 'orders', operation: 'GetItem', kind: 'read', calls: 2, units: 1.5 },
      { service: 'orders', operation: 'PutItem', kind: 'write', calls: 1, units: 3 },
      { service: 'payments', operation: 'UpdateItem', kind: 'write', calls: 1, units: 1 },
    ]);
  });

  it.each([
    ['BatchGetItem', 'read'],
    ['Query', 'read'],
    ['Scan', 'read'],
    ['TransactGetItems', 'read'],
    ['DeleteItem', 'write'],
    ['TransactWriteItems', 'write'],
    ['BatchWriteItem', 'write'],
  ])('take %s for a %s', (operation, kind) => {
    expect(count({ uses: [used(CREATE, 'orders', operation, 1)] }).tables[0]?.kind).toBe(kind);
  });

  it('leave out the stand-ins of outside parties, with their tables and their logs', () => {
    const seen = { uses: [...invoked(PROVIDER), billed(PROVIDER, 5), used(PROVIDER, 'sandbox', 'PutItem', 1)] };

    expect(count({ ...seen, functionLogs: [logged(PROVIDER, 'a line')] })).toEqual(count({}));
  });

  it('leave out whoever is no function, such as the bench itself', () => {
    expect(count({ uses: [used(undefined, 'orders', 'GetItem', 1)] }).tables).toEqual([]);
  });

  it.each(scheduled)('leave out %s, which runs whether or not there are orders', (name) => {
    const seen = { uses: [...invoked(name), billed(name, 5), used(name, 'orders', 'Query', 1)] };

    expect(count({ ...seen, functionLogs: [logged(name, 'a line')] })).toEqual(count({}));
  });

  it('have the bytes of every log, and 26 for each line', () => {
    const functionLogs = [logged(CREATE, 'five5'), logged(CREATE, 'ü')];

    expect(count({ functionLogs, otherLogBytes: [100] })).toMatchObject({
      functionLogBytes: 5 + 2 + 2 * 26,
      otherLogBytes: 100 + 26,
    });
  });

  it('add up the executions', () => {
    const execution = { transitions: 5, gbSeconds: 0.00625 };

    expect(count({ executions: [execution, execution] })).toMatchObject({
      executions: 2,
      transitions: 10,
      expressGbSeconds: 0.0125,
    });
  });

  it('have the events by type, each version for itself, and an event for each begun 64 KB', () => {
    const KB = 1024;

    const { events } = count({
      uses: [
        ...[published(RELAY, 'order.confirmed', 900), published(RELAY, 'order.parked', 64 * KB)],
        ...[published(RELAY, 'order.confirmed', 64 * KB + 1), published(undefined, 'order.parked', 1)],
      ],
    });

    expect(events).toEqual([
      { type: 'order.confirmed', published: 2, billed: 3, bytes: 900 + 64 * KB + 1 },
      { type: 'order.parked', published: 1, billed: 1, bytes: 64 * KB },
    ]);
  });

  it('have the requests by queue: a batch is one, and one more for each begun 64 KB', () => {
    const { queues } = count({
      uses: [
        ...[asked(SELL, 'SendMessage', 1, 900), asked(NOTIFY, 'SendMessage', 1, 900)],
        ...[asked(SELL, 'SendMessageBatch', 2, 65 * 1024), asked(SELL, 'ReceiveMessage', 3, 1_800)],
        ...[asked(SELL, 'DeleteMessageBatch', 3), asked(`${SELL}-dead-letters`, 'SendMessage', 1)],
      ],
    });

    expect(queues).toEqual([
      { name: 'inventory/sell-stock', messages: 3, requests: 5 },
      { name: 'notifications/notify-customer', messages: 1, requests: 1 },
    ]);
  });

  it('begin a trace at each request, stream batch, execution and batch of a queue', () => {
    const { streamReads, traceRoots } = count({
      uses: invoked(CREATE, START, CHARGE, TOKEN, RELAY, SELL, NOTIFY),
      apiRequests: 1,
      executions: [{ transitions: 5, gbSeconds: 0.00625 }],
    });

    expect({ streamReads, traceRoots }).toEqual({ streamReads: 2, traceRoots: 6 });
  });
});
