import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { breakDuration } from '../../lib/circuit-breaker/break-duration';
import { checkOptions } from '../../lib/circuit-breaker/options';
import { PARTY_CIRCUIT } from '../../lib/resilience/party-circuit';
import { STEP_RETRY, waitsLeftMs } from '../../lib/saga/retry-policy';
import { type OutagePlayed, playOutage } from '../stories/outage';
import { orderBody } from '../support/api-client';
import { assemblyDirectory } from '../support/assembly';
import { awsClients } from '../support/aws';
import { getCircuit } from '../support/circuit-view';
import { FaultsClient } from '../support/faults-client';
import { type LocalSystem, startLocalSystem } from '../support/local-system';
import type { Timeline } from '../support/saga-timeline';
import { until } from '../support/until';

const STOCK = 1_000;
const settings = checkOptions(PARTY_CIRCUIT);

interface Order {
  readonly orderId: string;
  readonly status: string;
  readonly rejection?: { readonly code: string; readonly step: string };
  readonly timeline: Timeline;
}

/** How many orders the load places at once, again and again, as long as the outage goes on. */
const WAVE = 5;
const PROBE_MS = 1_000;

let system: LocalSystem;
let outage: OutagePlayed;
let isClosed: Promise<void> | undefined;
/** How often the carrier was called after it came back, and before the circuit closed. */
let probesToClose = 0;
let epochs: { readonly before: number; readonly after: number };
const orders: { before: Order[]; during: Order[]; after: Order[] } = { before: [], during: [], after: [] };
const all = () => Object.values(orders).flat();
const bookingOf = ({ timeline }: Order) => timeline.steps.find(({ name }) => name === 'CreateShipment');
const undoOf = ({ timeline }: Order) => timeline.steps.find(({ name }) => name === 'CancelShipment');

beforeAll(async () => {
  system = await startLocalSystem({ assemblyDirectory: assemblyDirectory('dev') });
  await system.api.putStock('MUG-01', STOCK);
  orders.before = await ended(await place(2 * WAVE));
  const before = await readEpoch();
  const load = placeUntilOver();
  outage = await playOutage('MUG-01', system, { onUp: beSlowUntilClosed });
  await isClosed;
  const during = [...outage.orderIds, ...(await load)];
  // Undos that were refused again and again still wait when all others go through.
  [orders.after, orders.during] = await Promise.all([place(2 * WAVE).then(ended), ended(during)]);
  epochs = { before, after: await readEpoch() };
}, 240_000);
afterAll(() => system.close());

async function place(count: number): Promise<string[]> {
  const answers = await Promise.all(Array.from({ length: count }, () => system.api.placeOrder(orderBody())));
  return answers.map(({ json }) => json.orderId);
}

/** The carrier is back, but takes its time for each call until the circuit has closed: long enough for all others to come meanwhile. */
async function beSlowUntilClosed(): Promise<void> {
  const faults = new FaultsClient(system.apiUrl);
  const fault = await faults.add({ target: 'function:*-sandbox-carrier', kind: 'delay', delayMs: PROBE_MS });
  isClosed = until(
    'closed circuit',
    async () => {
      const calls = await faults.strikes(fault);
      const { state } = await getCircuit(system.api, 'shipping-carrier');
      if (state !== 'CLOSED') probesToClose = calls;
      return state;
    },
    (state) => state === 'CLOSED',
  ).then(() => faults.liftAll());
}

/** A load of orders: the next ones come when the carrier was asked for those before, or its circuit has refused them. */
async function placeUntilOver(): Promise<string[]> {
  const placed: string[] = [];
  for (let hasOpened = false; ; ) {
    const wave = await place(WAVE);
    placed.push(...wave);
    await Promise.all(wave.map(untilBooked));
    const { state } = await getCircuit(system.api, 'shipping-carrier');
    if (hasOpened && state === 'CLOSED') return placed;
    hasOpened ||= state !== 'CLOSED';
  }
}

function untilBooked(orderId: string): Promise<unknown> {
  return until(
    `end of the booking of ${orderId}`,
    () => system.sagas.find(orderId),
    (timeline) => timeline?.steps.some(({ name }) => name === 'CreateShipment') ?? false,
  );
}

function ended(orderIds: readonly string[]): Promise<Order[]> {
  return Promise.all(
    orderIds.map(async (orderId) => {
      const timeline = await system.sagas.untilEnded(orderId);
      return { ...(await system.settled(orderId)), timeline };
    }),
  );
}

/** The number of the last transition of the carrier's circuit. */
async function readEpoch(): Promise<number> {
  const { Items = [] } = await awsClients(system.awsUrl).dynamodb.send(
    new QueryCommand({
      TableName: 'holdfast-dev-circuits',
      KeyConditionExpression: 'service = :service AND circuit = :circuit',
      ExpressionAttributeValues: { ':service': { S: 'shipping' }, ':circuit': { S: 'carrier' } },
      ConsistentRead: true,
    }),
  );
  return Number(Items[0]?.epoch?.N);
}

/** When the circuit opened, and when each probe failed after that: the metric has the instants of the decisions. */
function instantsOf(metric: 'CircuitOpened' | 'CircuitClosed'): number[] {
  const lines = system.logs.filter(({ text }) => text.includes(`"${metric}":1`) && text.includes('shipping-carrier'));
  return lines.map(({ text }) => JSON.parse(text)._aws.Timestamp).sort((a, b) => a - b);
}

/** The instances of the service that called the carrier, or would have. */
function countEnvironments(): number {
  const lines = system.logs.filter(({ functionName }) => /shipping-(create|cancel)-shipment$/.test(functionName));
  return new Set(lines.map(({ logStreamName }) => logStreamName)).size;
}

const toldOf = (detailType: string) =>
  system.uses.filter((use) => use.service === 'event-bridge' && use.detailType === detailType).length;

describe('an outage of the carrier during a load of orders', () => {
  it('goes as the demo tells it', () => {
    expect(outage.differences).toEqual([]);
  });

  it('opens the circuit once for the whole fleet, and closes it once', async () => {
    await until('event that it closed', () => toldOf('circuit.closed') > 0);

    expect(countEnvironments()).toBeGreaterThan(2);
    expect([toldOf('circuit.opened'), toldOf('circuit.closed')]).toEqual([1, 1]);
    expect(epochs.after - epochs.before).toBe(2);
    expect(instantsOf('CircuitClosed')).toHaveLength(1);
  });

  it('is seen by operators from its beginning to its end', async () => {
    const opened = outage.seen[0];

    expect(opened).toMatchObject({ openedAt: expect.any(String), retryAt: expect.any(String) });
    expect(opened?.failures).toBeGreaterThanOrEqual(settings.failureThreshold);
    for (const { state, openedAt, retryAt } of outage.seen.slice(0, -1)) {
      expect(state).toMatch(/^(OPEN|HALF_OPEN)$/);
      expect(openedAt).toBe(opened?.openedAt);
      expect(Date.parse(retryAt ?? '')).toBeGreaterThan(Date.parse(openedAt ?? ''));
    }
    expect(outage.seen.at(-1)).toEqual({ name: 'shipping-carrier', state: 'CLOSED', mode: 'auto', failures: 0 });
    expect(await getCircuit(system.api, 'shipping-carrier')).toMatchObject({ state: 'CLOSED', failures: 0 });
  });

  it('is found to last by one probe at a time, each after a longer break', () => {
    const [opened = 0, ...probes] = instantsOf('CircuitOpened');

    expect(probes.length).toBeGreaterThanOrEqual(2);
    for (const [index, failedAt] of probes.entries()) {
      const since = probes[index - 1] ?? opened;
      expect(failedAt - since).toBeGreaterThanOrEqual(breakDuration(settings, index + 1, 0));
    }
  });

  it('ends with few probes, however many orders come meanwhile', () => {
    const refused = system.logs.filter(({ text }) => text.includes('"step failed"') && text.includes('(probing)'));

    // An instance to which the store does not answer in time, as on a busy machine, decides alone.
    expect(probesToClose).toBeGreaterThanOrEqual(settings.successThreshold);
    expect(probesToClose).toBeLessThanOrEqual(settings.successThreshold + 2 * countEnvironments());
    expect(refused.length).toBeGreaterThan(0);
  });

  it('keeps the orders from asking: the carrier hears of the few that found it down, and of the probes', () => {
    const probes = instantsOf('CircuitOpened').length - 1;
    expect(outage.strikes).toBeLessThanOrEqual(2 * countEnvironments() + probes);
  });

  it('refuses orders whose repeats would wait in vain, and lets no others go', () => {
    const waits = waitsLeftMs(STEP_RETRY);
    const refused = orders.during.map(bookingOf).filter((booking) => booking?.error === 'CircuitOpenError');
    const repeated = system.logs.flatMap(
      ({ text }) => text.match(/worth a repeat: [^"]+ retry after (\d+) ms/)?.[1] ?? [],
    );

    expect(refused.length).toBeGreaterThan(0);
    for (const booking of refused) {
      const retryAfterMs = Number(booking?.message?.match(/retry after (\d+) ms$/)?.[1]);
      expect(retryAfterMs).toBeGreaterThan(waits[(booking?.attempts ?? 0) - 1] ?? Number.POSITIVE_INFINITY);
    }
    for (const retryAfterMs of repeated) expect(Number(retryAfterMs)).toBeLessThanOrEqual(waits[0] ?? 0);
  });

  it('rejects what it does not let through, with the money given back and no parcel', async () => {
    const rejected = orders.during.filter(({ status }) => status === 'REJECTED');

    expect(new Set(orders.during.map(({ status }) => status))).toEqual(new Set(['REJECTED', 'CONFIRMED']));
    for (const { orderId, rejection } of rejected) {
      expect(rejection).toMatchObject({ code: 'SHIPPING_UNAVAILABLE', step: 'CreateShipment' });
      const payment = await system.api.call('GET', `/v1/payments/${orderId}`);
      const shipment = await system.api.call('GET', `/v1/shipments/${orderId}`);
      expect([payment.json.status, shipment.json.status]).toEqual(['REFUNDED', 'CANCELLED']);
    }
  });

  it('undoes at once what was not sent, and when the circuit lets it what was', () => {
    const undone = orders.during.filter(({ status }) => status === 'REJECTED');
    const waited = undone.filter((order) => (undoOf(order)?.attempts ?? 0) > 1);
    const notSent = undone.filter(
      (order) => bookingOf(order)?.attempts === 1 && bookingOf(order)?.error === 'CircuitOpenError',
    );

    expect(undone.map((order) => undoOf(order)?.outcome)).not.toContain('FAILED');
    expect(waited.length).toBeGreaterThan(0);
    expect(notSent.map((order) => undoOf(order)?.attempts)).toEqual(notSent.map(() => 1));
  });

  it('is over by itself: every order has ended, none is parked, and orders go through again', async () => {
    const statuses = (some: Order[]) => [...new Set(some.map(({ status }) => status))];
    const { json } = await system.api.call('GET', '/ops/sagas?status=parked');

    expect([statuses(orders.before), statuses(orders.after)]).toEqual([['CONFIRMED'], ['CONFIRMED']]);
    expect(all().map(({ timeline }) => timeline.status)).toEqual(all().map(() => 'SUCCEEDED'));
    expect(json.items).toEqual([]);
  });

  it('leaves books that add up', async () => {
    const confirmed = all().filter(({ status }) => status === 'CONFIRMED').length;
    const stock = await until(
      'sale of every confirmed order',
      () => system.api.stockOf('MUG-01'),
      ({ onHand }) => onHand === STOCK - confirmed,
    );
    const { violations, counts } = await system.audit();

    expect(stock).toMatchObject({ reserved: 0, available: STOCK - confirmed });
    expect(violations).toEqual([]);
    expect(counts).toMatchObject({ orders: all().length, 'orders CONFIRMED': confirmed });
    expect(system.errors).toEqual([]);
  });
});
