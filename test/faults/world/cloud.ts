import { sagas, services } from '../../../functions/services';
import { tableName } from '../../../lib/service/names';
import type { SimulationOptions } from '../simulation';
import { type Bus, openBus } from './bus';
import type { Crossings } from './crossings';
import { type Executions, openExecutions } from './executions';
import { type Forgeries, openForgeries } from './forgeries';
import { type Functions, openFunctions } from './functions';
import type { History } from './history';
import { openLogs } from './logs';
import { machinesOf } from './machines';
import { openNetwork } from './network';
import { type OrderVersions, openOrderVersions } from './order-versions';
import { STAGE, variablesOf } from './place';
import { openQueueConsumer } from './queue-consumer';
import { openQueues, type Queues } from './queues';
import { seededRandom } from './random';
import type { SimulatedClock } from './simulated-clock';
import { openStaleReads, type StaleReads } from './stale-reads';
import { openStreams, type Streams } from './streams';
import { surroundingsOf } from './surroundings';
import { openTables, type Tables } from './tables';
import { openTasks } from './tasks';
import { openTransitions, type Transitions } from './transitions';

/** What runs in the account: the system as it is deployed, without those who use it. */
export interface Cloud {
  readonly tables: Tables;
  readonly functions: Functions;
  readonly executions: Executions;
  readonly streams: Streams;
  readonly queues: Queues;
  readonly bus: Bus;
  readonly forgeries: Forgeries;
  readonly versions: OrderVersions;
  readonly transitions: Transitions;
  /** The Idempotency-Keys that the parties were sent for each request, such as `ord_x provider POST /charges`. */
  readonly partyKeys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every line that a function has logged. */
  readonly logs: readonly string[];
  /** Why the simulation means nothing; `undefined` while it does. */
  readonly failure: unknown;
  /** Says that it means nothing. */
  fail(error: unknown): void;
  close(): Promise<void>;
}

export interface CloudOptions extends Pick<SimulationOptions, 'profile' | 'seed'> {
  readonly clock: SimulatedClock;
  readonly crossings: Crossings;
  readonly history: History;
}

/** Deploys the system. Its parts call each other: they are made in any order, and find each other when they are called. */
export async function openCloud(options: CloudOptions): Promise<Cloud> {
  const { profile, seed, clock, crossings, history } = options;
  const tables = await openTables(services, clock);
  const staleReads = openStaleReadsOf(tables, clock);
  const versions = openOrderVersions(clock.now);
  const transitions = openTransitions();
  const forgeries = openForgeries();
  const logs = openLogs();
  const partyKeys = new Map<string, Set<string>>();
  const onKey = (what: string, key: string) => void partyKeys.set(what, (partyKeys.get(what) ?? new Set()).add(key));
  const queues = await openQueues(services, clock);
  const bus = openBus({ clock, seed, crossings, queues, forgeries, onLoss: logs.fail });
  const functions: Functions = openFunctionsIn({
    ...{ options, tables, staleReads, logs, onKey, queues, forgeries, bus },
    executions: () => executions,
  });
  const runTask = openTasks({ services, sagas, crossings, functions: () => functions, executions: () => executions });
  const machines = machinesOf(sagas, profile);
  const random = seededRandom(seed);
  const executions: Executions = await openExecutions({ clock, random, machines, runTask, history });
  const consuming = { clock, crossings, queues, functions: () => functions, forgeries };
  const streams = openStreams({
    ...consuming,
    services,
    db: tables.db,
    onChange: (service, record) => {
      staleReads.note(tableName(STAGE, service.name), record);
      if (service.name === 'orders') versions.note(record);
      transitions.note(service.name, record);
    },
  });
  const mappings = queues.consumers.map((consumer) => openQueueConsumer(consuming, consumer));
  return {
    ...{ tables, functions, executions, streams, queues, bus, forgeries, versions, transitions, partyKeys },
    ...{ logs: logs.lines, fail: logs.fail },
    get failure() {
      return logs.failure;
    },
    async close() {
      // What is under way would end in simulated time, which stands still from now on: it is not waited for.
      for (const part of [...mappings, streams, bus]) void part.close();
      await executions.close();
      await queues.close();
      await tables.close();
    },
  };
}

function openStaleReadsOf({ db }: Tables, clock: SimulatedClock): StaleReads {
  return openStaleReads({
    db,
    now: clock.now,
    openScratch: async () => {
      const scratch = await openTables(services, clock);
      return { handle: scratch.db.handle, close: scratch.close };
    },
    sortKeyOf: (table, index) =>
      services.find(({ name }) => table === tableName(STAGE, name))?.table?.indexes?.[index]?.sortKey,
  });
}

interface FunctionParts {
  readonly options: CloudOptions;
  readonly tables: Tables;
  readonly staleReads: StaleReads;
  readonly logs: ReturnType<typeof openLogs>;
  readonly queues: Queues;
  readonly forgeries: Forgeries;
  readonly bus: Bus;
  readonly executions: () => Executions;
  readonly onKey: (what: string, key: string) => void;
}

/** The functions of all services, with what is around each. */
function openFunctionsIn(parts: FunctionParts): Functions {
  const { options, tables, staleReads, logs, queues, forgeries, bus, executions, onKey } = parts;
  const { db } = tables;
  const { profile, seed, clock, crossings } = options;
  const fetch = openNetwork({ services, crossings, queues, db, functions: () => functions, onKey });
  const around = { clock, seed, crossings, db, staleReads, fetch, executions, bus: () => bus, forgeries };
  const log = (_: unknown, line: string) => logs.add(line);
  const surroundings = new Map(
    services.map((service) => [service, surroundingsOf(service.name, service.standIn === true, { ...around, log })]),
  );
  const functions = openFunctions({
    around: (service) => {
      const its = surroundings.get(service);
      if (!its) throw new Error(`${service.name} is not deployed`);
      return its;
    },
    variables: (service, handler) => variablesOf(service, handler, profile, sagas),
    onInitFailure: logs.fail,
  });
  return functions;
}
