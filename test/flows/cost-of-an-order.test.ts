import { OrderMeter } from '../bench/cost/carry-out-orders';
import type { Operations } from '../bench/cost/operations';
import { demoStories, type Story } from '../stories/stories';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

const [confirmed, declined] = demoStories as [Story, Story];

const ACCEPTED = ['gateway/authorize', 'orders/create-order', 'inventory/price-items', 'orders/start-saga'];
const CHARGED = [...ACCEPTED, 'inventory/reserve-stock', 'payments/charge-payment', 'orders/get-payment-token'];
const REJECTED = ['payments/refund-payment', 'inventory/release-stock', 'orders/reject-order'];
/** By table and operation: calls, then capacity units. */
const TABLES_OF_A_CONFIRMED_ORDER = [
  'orders GetItem 3 3',
  'inventory BatchGetItem 1 1',
  // The row, and its keys in the indexes of the customer's orders and of orders by status.
  'orders PutItem 1 3',
  'inventory UpdateItem 1 1',
  'payments PutItem 1 1',
  'payments UpdateItem 1 1',
  'shipping PutItem 1 1',
  'shipping UpdateItem 1 1',
  // The row, and its key taken from one status and put to the other.
  'orders UpdateItem 1 3',
];
const TABLES_OF_A_REJECTED_ORDER = [
  'orders GetItem 2 2',
  'inventory BatchGetItem 1 1',
  'orders PutItem 1 3',
  'inventory UpdateItem 2 2',
  'payments PutItem 1 1',
  'payments UpdateItem 3 3',
  // The mark that it will never be confirmed, then the new status.
  'orders UpdateItem 2 4',
];

/**
 * Counted operations, not times: each is a line of the bill, and a change of one is a change of the product. An Express execution
 * undoes every step, because another execution of the same order may have gone further.
 */
describe.each([
  {
    workflow: 'STANDARD',
    kind: 'dev',
    transitions: 9,
    functions: [...CHARGED, 'orders/abandon-order', ...REJECTED],
    tables: TABLES_OF_A_REJECTED_ORDER,
  },
  {
    workflow: 'EXPRESS',
    kind: 'express',
    transitions: 10,
    functions: [...CHARGED, 'orders/abandon-order', 'shipping/cancel-shipment', ...REJECTED],
    tables: [...TABLES_OF_A_REJECTED_ORDER, 'shipping UpdateItem 1 1'],
  },
] as const)('an order of the profile $workflow', ({ workflow, kind, ...rejected }) => {
  let system: LocalSystem;
  let goesThrough: Operations;
  let isDeclined: Operations;

  beforeAll(async () => {
    system = await startLocalSystem({ assemblyDirectory: assemblyDirectory(kind) });
    const meter = new OrderMeter(system, workflow);
    // The first orders pay for the secrets and the keys that functions keep.
    await meter.measure([confirmed, declined]);
    goesThrough = await meter.measure([confirmed]);
    isDeclined = await meter.measure([declined]);
  });

  afterAll(() => system.close());

  it('is one request and one execution, of four states and the start', () => {
    expect(goesThrough).toMatchObject({ apiRequests: 1, executions: 1, transitions: 5, streamReads: 1 });
  });

  it('invokes ten functions, once each', () => {
    const expected = [...CHARGED, 'shipping/create-shipment', 'orders/get-address', 'orders/confirm-order'];

    expect(invocationsOf(goesThrough)).toEqual(expected.map((name) => `${name} 1`));
  });

  it('writes eleven units and reads four', () => {
    expect(tablesOf(goesThrough)).toEqual(TABLES_OF_A_CONFIRMED_ORDER);
  });

  it('whose card is declined enters the settlement, the undos and the endings as well', () => {
    expect(isDeclined.transitions).toBe(rejected.transitions);
    expect(invocationsOf(isDeclined)).toEqual(rejected.functions.map((name) => `${name} 1`));
  });

  it('whose card is declined writes what its steps and their undos write', () => {
    expect(tablesOf(isDeclined)).toEqual(rejected.tables);
  });
});

function invocationsOf({ functions }: Operations): string[] {
  return functions.map(({ name, invocations }) => `${name} ${invocations}`);
}

function tablesOf({ tables }: Operations): string[] {
  return tables.map(({ service, operation, calls, units }) => `${service} ${operation} ${calls} ${units}`);
}
