import { HOUR_MS } from './fate-lists';
import { type Call, type Fate, type Injector, OK } from './fates';
import type { Plan, PlannedOrder, Profile } from './simulation';
import { simulate } from './world/simulate';

const PRICE_CENTS = 1200;

/** One order of a mug that goes well, unless told. */
export function anOrder(parts: Partial<PlannedOrder> = {}): PlannedOrder {
  return {
    key: 'key-1',
    customerId: 'alice',
    placedAtMs: 0,
    lines: [{ sku: 'MUG-01', quantity: 2 }],
    token: 'tok_ok',
    postalCode: '10115',
    ...parts,
  };
}

/** A plan with ten mugs and these orders. */
export function planOf(...orders: PlannedOrder[]): Plan {
  return { stock: [{ sku: 'MUG-01', onHand: 10, unitPriceCents: PRICE_CENTS }], orders, tasks: [] };
}

/** Strikes the calls that fit, and no others. */
export const strike =
  (fits: (call: Call) => boolean, fate: Fate): Injector =>
  (call) =>
    fits(call) ? fate : OK;

/** The n-th call of a name, of whatever it is about. */
export const called =
  (name: string, nth = 0) =>
  (call: Call) =>
    call.name === name && call.nth === nth;

/** A run of the world that is to be as usual, unless told. */
export interface Run {
  readonly profile?: Profile;
  readonly plan?: Plan;
  readonly injector?: Injector;
  readonly seed?: number;
  readonly faultsEndAtMs?: number;
}

/** Runs the world, and sums up its books. Faults strike for an hour unless told. */
export async function run(options: Run = {}) {
  const {
    profile = 'STANDARD',
    plan = planOf(anOrder()),
    injector = () => OK,
    seed = 1,
    faultsEndAtMs = HOUR_MS,
  } = options;
  const outcome = await simulate({ profile, seed, plan, injector, faultsEndAtMs });
  const { orders, charges = [], parcels = [], stock } = outcome.books;
  return {
    ...outcome,
    statuses: orders.map(({ status }) => status).sort(),
    charges: charges.map(({ status }) => status).sort(),
    parcels: parcels.map(({ status }) => status).sort(),
    /** Mugs that can be bought, and those that are kept for somebody. */
    available: stock[0]?.available,
    reserved: stock[0]?.reserved,
  };
}

/** Where the lines of a story stand in the history, one after the other; of the first that is not there, that it is not. */
export function findMissing(history: readonly string[], story: readonly RegExp[]): RegExp | undefined {
  let from = 0;
  for (const line of story) {
    const at = history.findIndex((text, index) => index >= from && line.test(text));
    if (at < 0) return line;
    from = at + 1;
  }
  return undefined;
}
