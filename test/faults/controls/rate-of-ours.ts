import type { Plan } from '../simulation';
import { simulate } from '../world/simulate';
import { callFaults } from './call-faults';
import type { ComparedSaga, Rate } from './compare-with-field';

/** Fewer than of the samples: each runs through the whole system, and is to show that nothing breaks, not how much. */
const OUR_RATES: ReadonlyArray<{ readonly p: number; readonly orders: number }> = [
  { p: 0.001, orders: 1000 },
  { p: 0.01, orders: 1000 },
  { p: 0.05, orders: 1000 },
];

/** So many orders share a simulation. */
const BATCH = 250;
const FAULTS_LAST_MS = 30 * 60_000;

/** This system under the faults of the comparison: every call of a function is struck alike. */
export async function rateOfOurs(seed: number, rates = OUR_RATES): Promise<ComparedSaga> {
  const results: Rate[] = [];
  for (const { p, orders } of rates) results.push(await rate(seed, p, orders));
  return { letter: 'D', title: 'this system, its own code and state machines', modelled: {}, rates: results };
}

async function rate(seed: number, p: number, orders: number): Promise<Rate> {
  const total = { faults: 0, violated: 0 };
  for (let from = 0; from < orders; from += BATCH) {
    const strike = callFaults(p, seed + from);
    const { violations, strikes } = await simulate({
      profile: 'STANDARD',
      seed: seed + from,
      plan: planOf(from, Math.min(BATCH, orders - from)),
      injector: (call) => (call.edge === 'lambda' ? strike(call) : { kind: 'ok' }),
      faultsEndAtMs: FAULTS_LAST_MS,
    });
    total.faults += strikes.length;
    total.violated += violations.length;
  }
  return { p, orders, ...total };
}

/** Orders that nothing is wrong with, as those of the samples. */
function planOf(from: number, orders: number): Plan {
  return {
    stock: [{ sku: 'MUG-01', onHand: 1_000_000, unitPriceCents: 1200 }],
    tasks: [],
    orders: Array.from({ length: orders }, (_, index) => ({
      key: `key-${from + index}`,
      customerId: 'alice',
      placedAtMs: index * 100,
      lines: [{ sku: 'MUG-01', quantity: 1 }],
      token: 'tok_ok',
      postalCode: '10115',
    })),
  };
}
