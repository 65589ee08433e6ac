import { sagas, services } from '../../../functions/services';
import { tableName } from '../../../lib/service/names';
import type { SimulationOptions } from '../simulation';
import type { Crossings } from './crossings';
import { type Executions, openExecutions } from './executions';
import { type Functions, openFunctions } from './functions';
import type { History } from './history';
import { openLogs } from './logs';
import { machinesOf } from './machines';
import { openNetwork } from './network';
import { type OrderVersions, openOrderVersions } from './order-versions';
import { STAGE, variablesOf } from './place';
import { seededRandom } from './random';
import type { SimulatedClock } from './simulated-clock';
import { openStaleReads, type StaleReads } from './stale-reads';
import { openStreams, type Streams } from './streams';
import { surroundingsOf } from './surroundings';
import { openTables, type Tables } from './tables';
import { openTasks } from './tasks';

/** What runs in the account: the system as it is deployed, without those who use it. */
export interface Cloud {
  readonly tables: Tables;
  readonly functions: Functions;
  readonly executions: Executions;
  readonly streams: Streams;
  readonly versions: OrderVersions;
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
  const logs = openLogs();
  const partyKeys = new Map<string, Set<string>>();
  const onKey = (what: string, key: string) => void partyKeys.set(what, (partyKeys.get(what) ?? new Set()).add(key));
  const functions: Functions = openFunctionsIn({
    ...{ options, tables, staleReads, logs, onKey },
    executions: () => executions,
  });
  const runTask = openTasks({ services, sagas, crossings, functions: () => functions, executions: () => executions });
  const machines = machinesOf(sagas, profile);
  const executions: Executions = await openExecutions({
    clock,
    random: seededRandom(seed),
    machines,
    runTask,
    history,
  });
  const streams = openStreams({
    services,
    db: tables.db,
    clock,
    crossings,
    functions: () => functions,
    onChange: (table, record) => {
      staleReads.note(table, record);
      if (table === tableName(STAGE, 'orders')) versions.note(record);
    },
  });
  return {
    ...{ tables, functions, executions, streams, versions, partyKeys, logs: logs.lines, fail: logs.fail },
    get failure() {
      return logs.failure;
    },
    async close() {
      await executions.close();
      await streams.close();
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
  readonly executions: () => Executions;
  readonly onKey: (what: string, key: string) => void;
}

/** The functions of all services, with what is around each. */
function openFunctionsIn(parts: FunctionParts): Functions {
  const { options, tables, staleReads, logs, executions, onKey } = parts;
  const { db } = tables;
  const { profile, seed, clock, crossings } = options;
  const fetch = openNetwork({ services, crossings, functions: () => functions, onKey });
  const around = { clock, seed, crossings, db, staleReads, fetch, executions };
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
