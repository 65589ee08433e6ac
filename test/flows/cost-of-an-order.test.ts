import { OrderMeter } from '../bench/cost/carry-out-orders';
import type { Operations, TableUse } from '../bench/cost/operations';
import { demoStories, type Story } from '../stories/stories';
import { assemblyDirectory } from '../support/assembly';
import { type LocalSystem, startLocalSystem } from '../support/local-system';

const [confirmed, declined] = demoStories as [Story, Story];

const ACCEPTED = ['gateway/authorize', 'orders/create-order', 'inventory/price-items', 'orders/start-saga'];
const CHARGED = [...ACCEPTED, 'inventory/reserve-stock', 'payments/charge-payment', 'orders/get-payment-token'];
const RELAY = 'orders/relay-events';
const REJECTED = ['payments/refund-payment', 'inventory/release-stock', 'orders/reject-order'];
/** By table and operation: calls, then capacity units. */
const TABLES_OF_A_CONFIRMED_ORDER = [
  'orders GetItem 3 3',
  'inventory BatchGetItem 1 1',
  // The row, and its keys in the indexes of the customer's orders and of orders by status.
  'orders PutItem 1 3',
  // The reservation, then its sale.
  'inventory UpdateItem 2 2',
  'payments PutItem 1 1',
  'payments UpdateItem 1 1',
  'shipping PutItem 1 1',
  'shipping UpdateItem 1 1',
  // The row, and its key taken from one status and put to the other.
  'orders UpdateItem 1 3',
  // The row, and its key in the index of the customer's notifications; then that the sender has it.
  'notifications PutItem 1 2',
  'notifications UpdateItem 1 1',
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
  'notifications PutItem 1 2',
  'notifications UpdateItem 1 1',
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
    // The stream is read for the start, and for the event.
    expect(goesThrough).toMatchObject({ apiRequests: 1, executions: 1, transitions: 5, streamReads: 2 });
  });

  it('invokes ten functions and the relay, once each', () => {
    const steps = [...CHARGED, 'shipping/create-shipment', 'orders/get-address', 'orders/confirm-order'];

    expect(invocationsOf(goesThrough)).toEqual([...steps, RELAY].map((name) => `${name} 1`));
  });

  it('writes fifteen units and reads four', () => {
    expect(tablesOf(goesThrough).sort()).toEqual([...TABLES_OF_A_CONFIRMED_ORDER].sort());
    expect([unitsOf(goesThrough, 'write'), unitsOf(goesThrough, 'read')]).toEqual([15, 4]);
  });

  it('publishes one event, in two versions, each to both of its consumers', () => {
    expect(eventsOf(goesThrough)).toEqual(['order.confirmed 2']);
    expect(messagesOf(goesThrough)).toEqual(['inventory/sell-stock 2', 'notifications/notify-customer 2']);
  });

  it('whose card is declined enters the settlement, the undos and the endings as well', () => {
    expect(isDeclined.transitions).toBe(rejected.transitions);
    expect(invocationsOf(isDeclined)).toEqual([...rejected.functions, RELAY].map((name) => `${name} 1`));
  });

  it('whose card is declined writes what its steps and their undos write', () => {
    expect(tablesOf(isDeclined).sort()).toEqual([...rejected.tables].sort());
  });

  it('whose card is declined publishes one event, to its one consumer', () => {
    expect(eventsOf(isDeclined)).toEqual(['order.rejected 1']);
    expect(messagesOf(isDeclined)).toEqual(['notifications/notify-customer 1']);
  });

  it.each([
    ['goes through', () => goesThrough],
    ['is declined', () => isDeclined],
  ])('that %s asks each queue for what its messages need: to be sent, received and deleted', (_, measured) => {
    for (const { name, messages, requests } of measured().queues) {
      const { invocations = 0 } = measured().functions.find((use) => use.name === name) ?? {};

      // Two messages that are received together make one batch.
      expect(invocations).toBeGreaterThanOrEqual(1);
      expect(invocations).toBeLessThanOrEqual(messages);
      expect(requests).toBe(messages + 2 * invocations);
    }
  });
});

/** Of functions that are not called with messages, whose number depends on how many are there at the time. */
function invocationsOf({ functions, queues }: Operations): string[] {
  const consumers = queues.map(({ name }) => name);
  return functions
    .filter(({ name }) => !consumers.includes(name))
    .map(({ name, invocations }) => `${name} ${invocations}`);
}

function eventsOf({ events }: Operations): string[] {
  return events.map(({ type, billed }) => `${type} ${billed}`);
}

function messagesOf({ queues }: Operations): string[] {
  return queues.map(({ name, messages }) => `${name} ${messages}`);
}

function unitsOf({ tables }: Operations, wanted: TableUse['kind']): number {
  return tables.reduce((sum, { kind, units }) => (kind === wanted ? sum + units : sum), 0);
}

function tablesOf({ tables }: Operations): string[] {
  return tables.map(({ service, operation, calls, units }) => `${service} ${operation} ${calls} ${units}`);
}
