import { checkOptions } from '../../lib/circuit-breaker/options';
import { PARTY_CIRCUIT } from '../../lib/resilience/party-circuit';
import { STEP_RETRY, waitsLeftMs } from '../../lib/saga/retry-policy';
import { orderBody } from '../support/api-client';
import { getCircuit, type ShownCircuit, waitMs } from '../support/circuit-view';
import { FaultsClient } from '../support/faults-client';
import type { LocalSystem } from '../support/local-system';
import type { TimelineStep } from '../support/saga-timeline';
import { until } from '../support/until';
import { describeEnd, describeStep } from './describe';
import { differences, play } from './play';
import { carrierOutage } from './stories';

/** How the story of an outage went. */
export interface OutagePlayed {
  /** The orders that it placed, in their order. */
  readonly orderIds: readonly string[];
  /** What operators saw of the circuit, from when it opened, whenever it was something else. */
  readonly seen: readonly ShownCircuit[];
  /** How often the carrier was asked while it was down. */
  readonly strikes: number;
  /** What went another way than it should; empty when all is well. */
  readonly differences: readonly string[];
}

/** Orders that are under way when the carrier goes down, and so many that it places in all. */
const ORDERS_AT_ONCE = 5;
export const ORDERS_OF_OUTAGE = ORDERS_AT_ONCE + 2;

/** A circuit that is open for longer than all repeats of a step wait, and as much longer as an order needs to come to the step. */
const TOO_LONG_MS = (waitsLeftMs(STEP_RETRY)[0] ?? 0) + 900;

type Tell = (line: string) => void;

/** Who hears of it. */
interface Listeners {
  readonly tell?: Tell;
  /** Called when the carrier is up again, before the circuit lets anybody ask it, if it is open for long. */
  readonly onUp?: () => Promise<void>;
}

/**
 * Lets the carrier go down with orders under way, and places one more when its circuit is open for so long that no repeat is worth its
 * wait. Then the carrier is up again, and all that is left to do happens by itself: the undos that have waited close the circuit, and an
 * order goes through. For a system that runs by the computer's clock. Whatever else the system does meanwhile makes no difference.
 */
export async function playOutage(
  sku: string,
  system: LocalSystem,
  { tell = () => undefined, onUp = async () => undefined }: Listeners = {},
): Promise<OutagePlayed> {
  const carrier = await takeDown(system, tell, onUp);
  const { seen, untilIt } = watchCircuit(system, tell);
  const underWay = await placeAtOnce(sku, system);
  await untilIt('is open', ({ state }) => state !== 'CLOSED');
  await untilIt('is open for long', (circuit) => waitMs(circuit) > TOO_LONG_MS);

  tell(`${carrierOutage.whileOpen.title}:`);
  const refused = await play(carrierOutage.whileOpen, sku, system, (step) => {
    tell(describeStep(step));
    // An order that was late was perhaps the probe. Then its undo has to ask the carrier, and waits for it.
    if (mayHaveAsked(step)) void carrier.bringUp();
  });
  tell(describeEnd(refused));
  const strikes = await carrier.bringUp();

  await untilIt('is closed', ({ state }) => state === 'CLOSED');
  const closedAt = Date.now();
  const orders = await Promise.all(underWay.map((orderId) => system.settled(orderId)));
  tell(`${orders.length} orders that were under way: ${countBy(orders.map(describeOutcome))}`);
  const { rampMs } = checkOptions(PARTY_CIRCUIT);
  await until('end of the ramp', () => Date.now() - closedAt > rampMs);
  tell(`${carrierOutage.whenClosed.title}:`);
  const confirmed = await play(carrierOutage.whenClosed, sku, system, (step) => tell(describeStep(step)));
  tell(describeEnd(confirmed));

  return {
    orderIds: [...underWay, refused.orderId, confirmed.orderId],
    seen,
    strikes,
    differences: [
      ...differences(carrierOutage.whileOpen, refused),
      ...differences(carrierOutage.whenClosed, confirmed),
      ...orders.map(describeOutcome).filter((outcome) => outcome !== 'REJECTED SHIPPING_UNAVAILABLE'),
    ],
  };
}

/** The carrier is down, until `bringUp` is called, which answers how often it was asked till then. */
async function takeDown({ apiUrl }: LocalSystem, tell: Tell, onUp: () => Promise<void>) {
  const faults = new FaultsClient(apiUrl);
  const fault = await faults.add({ target: 'function:*-sandbox-carrier', kind: 'error-before' });
  tell(`${'sandbox-carrier'.padEnd(16)} DOWN`);
  let strikes: Promise<number> | undefined;
  const end = async () => {
    const asked = await faults.strikes(fault);
    await faults.liftAll();
    await onUp();
    tell(`${'sandbox-carrier'.padEnd(16)} UP, was asked ${asked} times while it was down`);
    return asked;
  };
  return {
    bringUp: () => {
      strikes ??= end();
      return strikes;
    },
  };
}

/** Looks at the carrier's circuit, and tells whenever it is something else. */
function watchCircuit({ api }: LocalSystem, tell: Tell) {
  const seen: ShownCircuit[] = [];
  const look = async () => {
    const circuit = await getCircuit(api, 'shipping-carrier');
    const { state, retryAt } = seen.at(-1) ?? { state: 'CLOSED' };
    if (circuit.state !== state || circuit.retryAt !== retryAt) {
      seen.push(circuit);
      tell(
        `${circuit.name.padEnd(16)} ${circuit.state}${waitMs(circuit) > 0 ? `, retry after ${waitMs(circuit)} ms` : ''}`,
      );
    }
    return circuit;
  };
  const untilIt = (is: string, isIt: (circuit: ShownCircuit) => boolean) => until(`circuit that ${is}`, look, isIt);
  return { seen, untilIt };
}

async function placeAtOnce(sku: string, { api }: LocalSystem): Promise<string[]> {
  const placed = await Promise.all(Array.from({ length: ORDERS_AT_ONCE }, () => api.placeOrder(orderBody({ sku }))));
  return placed.map(({ json }) => json.orderId);
}

function mayHaveAsked({ name, attempts, error }: TimelineStep): boolean {
  return name === 'CreateShipment' && (attempts > 1 || error !== 'CircuitOpenError');
}

function describeOutcome(order: { status: string; rejection?: { code: string } }): string {
  return order.rejection ? `${order.status} ${order.rejection.code}` : order.status;
}

function countBy(texts: readonly string[]): string {
  return [...new Set(texts)].map((text) => `${texts.filter((one) => one === text).length} ${text}`).join(', ');
}
