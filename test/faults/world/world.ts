import type { Books } from '../../../functions/operations/books';
import { sagas, services } from '../../../functions/services';
import { tableName } from '../../../lib/service/names';
import type { SimulationOptions } from '../simulation';
import { type Api, openApi } from './api';
import { openClients } from './clients';
import { Crossings } from './crossings';
import type { Evidence } from './evidence';
import { type Executions, openExecutions } from './executions';
import { type Functions, openFunctions } from './functions';
import { type History, openHistory } from './history';
import { machinesOf } from './machines';
import { openNetwork } from './network';
import { openOperator } from './operator';
import { type OrderVersions, openOrderVersions } from './order-versions';
import { STAGE, variablesOf } from './place';
import { seededRandom } from './random';
import { readBooks } from './read-books';
import { type SimulatedClock, simulatedClock } from './simulated-clock';
import { openStaleReads } from './stale-reads';
import { openStreams, type Streams } from './streams';
import { surroundingsOf } from './surroundings';
import { openTables } from './tables';
import { openTasks } from './tasks';

/** Everything of one simulation. */
export interface World {
  readonly clock: SimulatedClock;
  /** Of the plan, in epoch milliseconds. */
  readonly startAt: number;
  readonly history: History;
  readonly crossings: Crossings;
  readonly streams: Streams;
  readonly versions: OrderVersions;
  /** What the checks are given, but for the books. */
  evidence(): Omit<Evidence, 'books'>;
  /** Cheap: nothing is under way as far as can be seen without asking. */
  mayBeQuiet(): boolean;
  /** @throws {Error} when the simulation itself has failed */
  isQuiet(): Promise<boolean>;
  readBooks(): Promise<Books>;
  /** For each order, how long after the faults had stopped it came to its end. */
  msToTerminal(): number[];
  close(): Promise<void>;
}

const START_AT = Date.UTC(2026, 0, 1);
/** The stock is put before the plan begins. */
const SETUP_MS = 60_000;

/** Deployed otherwise than the infrastructure does: nothing that such a simulation finds means anything. */
const MISSING_VARIABLE = /the environment variable \w+ is not set/;

/** Statuses that are not yet an end. A parked order waits for the operator. */
export const OPEN = ['PENDING', 'CANCELLING', 'NEEDS_ATTENTION'] as const;

/** Makes the system, puts its stock, and lets clients, jobs and operator begin. */
export async function openWorld(options: SimulationOptions): Promise<World> {
  const { profile, seed, plan, injector, faultsEndAtMs } = options;
  const clock = simulatedClock(START_AT - SETUP_MS);
  const faultsEndAt = START_AT + faultsEndAtMs;
  const history = openHistory(clock, START_AT);
  const crossings = new Crossings({ clock, seed, injector, faultsBeginAt: START_AT, faultsEndAt, history });
  const tables = await openTables(services, clock);
  const staleReads = openStaleReads({
    db: tables.db,
    now: clock.now,
    openScratch: async () => {
      const { db, close } = await openTables(services, clock);
      return { handle: db.handle, close };
    },
    sortKeyOf: (table, index) =>
      services.find(({ name }) => table === tableName(STAGE, name))?.table?.indexes?.[index]?.sortKey,
  });
  const versions = openOrderVersions(clock.now);
  const logs: string[] = [];
  let failure: unknown;

  // Each of them calls others: they are made in any order and find each other when they are called.
  let functions: Functions;
  let executions: Executions;
  const late = { functions: () => functions, executions: () => executions };
  const fetch = openNetwork({ services, crossings, functions: late.functions });
  const around = { clock, seed, crossings, db: tables.db, staleReads, fetch, executions: late.executions };
  const log = (_: unknown, line: string) => {
    logs.push(line);
    const [missing] = MISSING_VARIABLE.exec(line) ?? [];
    if (missing !== undefined) failure ??= new Error(missing);
  };
  const surroundings = new Map(
    services.map(({ name, standIn }) => [name, surroundingsOf(name, standIn === true, { ...around, log })]),
  );
  functions = openFunctions({
    around: ({ name }) => surroundings.get(name) as NonNullable<ReturnType<typeof surroundings.get>>,
    variables: (service, handler) => variablesOf(service, handler, profile, sagas),
    onInitFailure: (error) => {
      failure ??= error;
    },
  });
  const runTask = openTasks({ services, sagas, crossings, ...late });
  const random = seededRandom(seed);
  executions = await openExecutions({ clock, random, machines: machinesOf(sagas, profile), runTask, history });
  const streams = openStreams({
    services,
    db: tables.db,
    clock,
    crossings,
    functions: late.functions,
    onChange: (table, record) => {
      staleReads.note(table, record);
      if (table.endsWith('-orders')) versions.note(record);
    },
  });
  const api = openApi(services, late.functions, crossings);
  await putStock(api, clock, plan);
  const clients = openClients({ plan, api, clock, seed, startAt: START_AT });
  openOperator({
    services,
    clock,
    crossings,
    functions,
    streams,
    parked: () => versions.withStatus('NEEDS_ATTENTION'),
    faultsEndAt,
  });

  const mayBeQuiet = () =>
    failure !== undefined ||
    (clients.busy === 0 &&
      crossings.underWay === 0 &&
      functions.running === 0 &&
      streams.deadLetters.length === 0 &&
      versions.withStatus(...OPEN).length === 0);
  return {
    ...{ clock, startAt: START_AT, history, crossings, streams, versions, mayBeQuiet },
    evidence: () => ({ plan, clients: clients.records, versions: versions.all, refused: api.refused, logs }),
    async isQuiet() {
      if (failure !== undefined) throw failure;
      return mayBeQuiet() && (await streams.isDrained()) && (await executions.countRunning()) === 0;
    },
    readBooks: () => readBooks(tables, executions, profile, streams.deadLetters.length),
    msToTerminal: () => [...versions.all.values()].map((all) => Math.max(0, (lastChangeOf(all) ?? 0) - faultsEndAt)),
    async close() {
      await executions.close();
      await streams.close();
      await tables.close();
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
