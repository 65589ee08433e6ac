import { services } from '../../../functions/services';
import type { Profile, SimulationOptions } from '../simulation';
import { type Api, openApi } from './api';
import { openClients } from './clients';
import { type Cloud, openCloud } from './cloud';
import { Crossings } from './crossings';
import type { Evidence } from './evidence';
import { openHandOvers } from './hand-overs';
import { type History, openHistory } from './history';
import { openOperator } from './operator';
import type { OrderVersions } from './order-versions';
import { readBooks, readMessages } from './read-books';
import { type SimulatedClock, simulatedClock } from './simulated-clock';
import { openTaskClients } from './task-clients';

/** Everything of one simulation. */
export interface World {
  readonly clock: SimulatedClock;
  /** Of the plan, in epoch milliseconds. */
  readonly startAt: number;
  readonly history: History;
  readonly crossings: Crossings;
  readonly cloud: Cloud;
  readonly versions: OrderVersions;
  /** What the checks are given. */
  readEvidence(): Promise<Evidence>;
  /** Cheap: nothing is under way as far as can be seen without asking. */
  mayBeQuiet(): boolean;
  /** @throws {Error} when the simulation itself has failed */
  isQuiet(): Promise<boolean>;
  /** For each order, how long after the faults had stopped it came to its end. */
  msToTerminal(): number[];
  close(): Promise<void>;
}

const START_AT = Date.UTC(2026, 0, 1);
/** The stock is put before the plan begins. */
const SETUP_MS = 60_000;

/** Statuses that are not yet an end. A parked order waits for the operator. */
export const OPEN = ['PENDING', 'CANCELLING', 'NEEDS_ATTENTION'] as const;

/** Makes the system, puts its stock, and lets clients, carrier, jobs and operator begin. */
export async function openWorld(options: SimulationOptions): Promise<World> {
  const { profile, seed, plan, injector, faultsEndAtMs } = options;
  const clock = simulatedClock(START_AT - SETUP_MS);
  const faultsEndAt = START_AT + faultsEndAtMs;
  const history = openHistory(clock, START_AT);
  const crossings = new Crossings({ clock, seed, injector, faultsBeginAt: START_AT, faultsEndAt, history });
  const cloud = await openCloud({ profile, seed, clock, crossings, history });
  const { functions, queues, bus, versions } = cloud;
  const api = openApi(services, () => functions, crossings);
  await putStock(api, clock, plan);
  const acting = { plan, api, clock, seed, startAt: START_AT };
  const clients = openClients(acting);
  const taskClients = openTaskClients(acting);
  const onFailure = cloud.fail;
  const findOrder = (orderId: string) => versions.all.get(orderId)?.at(-1)?.row;
  const handOvers = openHandOvers({ plan, clock, functions, findOrder, startAt: START_AT, onFailure });
  const parked = () => versions.withStatus('NEEDS_ATTENTION');
  const replayedAt = plan.replayedAtMs === undefined ? undefined : START_AT + plan.replayedAtMs;
  const operating = { services, clock, crossings, functions, queues, bus, replayedAt, parked, faultsEndAt, onFailure };
  const operator = openOperator(operating);
  return {
    ...{ clock, startAt: START_AT, history, crossings, cloud, versions },
    ...quietOf(cloud, crossings, () => clients.busy + taskClients.busy + handOvers.waiting + operator.waiting),
    readEvidence: async () => ({
      ...{ plan, clients: clients.records, tasks: taskClients.records, versions: versions.all, refused: api.refused },
      ...{ handedOver: handOvers.done, strikes: crossings.strikes },
      ...(await evidenceOf(cloud, profile)),
    }),
    msToTerminal: () => [...versions.all.values()].map((all) => Math.max(0, (lastChangeOf(all) ?? 0) - faultsEndAt)),
    close: cloud.close,
  };
}

/** What the cloud itself leaves. */
async function evidenceOf(cloud: Cloud, profile: Profile) {
  const { tables, executions, queues, transitions, bus, forgeries, logs, partyKeys } = cloud;
  return {
    ...{ logs, partyKeys, transitions: transitions.all, published: bus.published, forged: forgeries.all },
    deadLetters: await queues.listDeadLetters(),
    books: await readBooks(tables, executions, profile, queues.deadLetters),
    ...(await readMessages(tables)),
  };
}

/** `count`: of those outside of the cloud who still want something. */
function quietOf(cloud: Cloud, crossings: Crossings, count: () => number): Pick<World, 'mayBeQuiet' | 'isQuiet'> {
  const { functions, streams, queues, bus, executions, versions } = cloud;
  const mayBeQuiet = () =>
    cloud.failure !== undefined ||
    (count() === 0 &&
      crossings.underWay === 0 &&
      functions.running === 0 &&
      bus.pending === 0 &&
      queues.waiting === 0 &&
      queues.deadLetters === 0 &&
      versions.withStatus(...OPEN).length === 0);
  return {
    mayBeQuiet,
    async isQuiet() {
      if (cloud.failure !== undefined) throw cloud.failure;
      return mayBeQuiet() && (await streams.isDrained()) && (await executions.countRunning()) === 0;
    },
  };
}

/** When the order got the status that it has. */
function lastChangeOf(
  versions: ReadonlyArray<{ row: { status: string } | undefined; at: number }>,
): number | undefined {
  const last = versions.at(-1)?.row?.status;
  let at: number | undefined;
  for (const version of [...versions].reverse()) {
    if (version.row?.status !== last) break;
    at = version.at;
  }
  return at;
}

/** @throws {Error} when the stock cannot be put, which is a fault of the plan */
async function putStock(api: Api, clock: SimulatedClock, { stock }: SimulationOptions['plan']): Promise<void> {
  const puts = Promise.all(
    stock.map(async ({ sku, onHand, unitPriceCents }) => {
      const answer = await api.send({
        method: 'PUT',
        route: '/v1/inventory/{sku}',
        path: { sku },
        customerId: 'keeper',
        body: { name: sku, unitPriceCents, currency: 'EUR', onHand },
      });
      if (answer.status !== 201) throw new Error(`the stock of ${sku} cannot be put: ${answer.status} ${answer.body}`);
    }),
  );
  await Promise.all([puts, clock.run(START_AT, () => false)]);
}
