import type { DynamoDb } from '../../../infra/local/dynamodb/dynamodb';
import { draw } from '../draw';
import type { Bus } from './bus';
import { busCalls } from './bus-calls';
import type { Crossings } from './crossings';
import type { Invocation, Surroundings } from './environment';
import type { Executions } from './executions';
import type { Forgeries } from './forgeries';
import type { SimulatedClock } from './simulated-clock';
import type { StaleReads } from './stale-reads';
import { statesCalls } from './states-calls';
import { tableCalls } from './table-calls';

/** What the functions of all services have around them. */
export interface SurroundingsOptions {
  readonly clock: SimulatedClock;
  readonly seed: number;
  readonly crossings: Crossings;
  readonly db: DynamoDb;
  readonly staleReads: StaleReads;
  readonly executions: () => Executions;
  readonly bus: () => Bus;
  readonly forgeries: Forgeries;
  readonly fetch: Surroundings['fetch'];
  readonly log: Surroundings['log'];
}

/** Makes the surroundings of one service's functions. Tables and Step Functions are called as the SDK calls them. */
export function surroundingsOf(service: string, isOutside: boolean, options: SurroundingsOptions): Surroundings {
  const { clock, seed, crossings, db, staleReads, executions, bus: getBus, forgeries, fetch, log } = options;
  const random = (text: string) => draw(seed, text);
  const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  const retrying = (invocation: Invocation) => ({
    wait,
    random: () => {
      invocation.drawn += 1;
      return random(`${invocation.id} ${invocation.drawn}`);
    },
  });
  const table = tableCalls(service, isOutside, { crossings, db, staleReads, retrying });
  const states = statesCalls({ crossings, executions, retrying });
  const bus = busCalls(service, { crossings, bus: getBus, forgeries, retrying });
  return { clock, random, fetch, table, states, bus, log };
}
