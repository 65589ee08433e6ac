import { services } from '../../../functions/services';
import type { LogLine } from '../../../infra/local/lambda/lambda';
import type { Use } from '../../../infra/local/usage';
import { functionName, tableName } from '../../../lib/service/names';
import { countOperations, type Operations, type Seen, STAGE } from './operations';

const CREATE = functionName(STAGE, 'orders', 'create-order');
const START = functionName(STAGE, 'orders', 'start-saga');
const TOKEN = functionName(STAGE, 'orders', 'get-payment-token');
const CHARGE = functionName(STAGE, 'payments', 'charge-payment');
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
const logged = (name: string, text: string, source: LogLine['source'] = 'platform') =>
  ({ functionName: name, source, text, message: text }) as LogLine;
const report = (billedMs: number) =>
  `REPORT RequestId: 1\tDuration: 1.00 ms\tBilled Duration: ${billedMs} ms\tMemory Size: 256 MB`;

describe('the operations on the bill', () => {
  it('have each function once, with its invocations, its memory and the median of the times that were billed', () => {
    const { functions } = count({
      uses: invoked(CREATE, CHARGE, CREATE, CREATE),
      functionLogs: [
        logged(CREATE, report(7)),
        logged(CHARGE, report(20)),
        logged(CREATE, report(4)),
        logged(CREATE, report(900)),
      ],
    });

    expect(functions).toEqual([
      { name: 'orders/create-order', invocations: 3, memoryMb: 256, billedMs: 7 },
      { name: 'payments/charge-payment', invocations: 1, memoryMb: 256, billedMs: 20 },
    ]);
  });

  it('take no time from a line that a function has written itself', () => {
    const functionLogs = [logged(CREATE, report(900), 'function'), logged(CREATE, report(3))];

    expect(count({ uses: invoked(CREATE), functionLogs }).functions[0]?.billedMs).toBe(3);
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
    const seen = { uses: [...invoked(PROVIDER), used(PROVIDER, 'sandbox', 'PutItem', 1)] };

    expect(count({ ...seen, functionLogs: [logged(PROVIDER, report(5))] })).toEqual(count({}));
  });

  it('leave out whoever is no function, such as the bench itself', () => {
    expect(count({ uses: [used(undefined, 'orders', 'GetItem', 1)] }).tables).toEqual([]);
  });

  it.each(scheduled)('leave out %s, which runs whether or not there are orders', (name) => {
    const seen = { uses: [...invoked(name), used(name, 'orders', 'Query', 1)] };

    expect(count({ ...seen, functionLogs: [logged(name, report(5))] })).toEqual(count({}));
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

  it('begin a trace at each request, stream batch and execution', () => {
    const { streamReads, traceRoots } = count({
      uses: invoked(CREATE, START, CHARGE, TOKEN),
      apiRequests: 1,
      executions: [{ transitions: 5, gbSeconds: 0.00625 }],
    });

    expect({ streamReads, traceRoots }).toEqual({ streamReads: 1, traceRoots: 3 });
  });
});
