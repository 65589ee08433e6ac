import { draw, pick } from './draw';
import type { Plan, PlannedOrder, PlannedTask } from './simulation';

/** How many orders go wrong by themselves: some, or most of them, so that there is much to undo. */
export type Mood = 'mixed' | 'gloomy';

const PRICE_CENTS = 1200;
/** The pieces of the scarce SKUs for each order of the plan: fewer than the orders want. */
const LAMPS = 0.7;
const VASES = 0.4;
const PLENTY = 1_000_000;

const TOKENS: Readonly<Record<Mood, readonly string[]>> = {
  mixed: ['tok_ok', 'tok_ok', 'tok_ok', 'tok_ok', 'tok_declined', 'tok_lost_reply', 'tok_flaky', 'tok_error'],
  gloomy: ['tok_ok', 'tok_ok', 'tok_declined', 'tok_lost_reply', 'tok_error', 'tok_timeout'],
};
const POSTAL_CODES: Readonly<Record<Mood, readonly string[]>> = {
  mixed: ['10115', '10115', '10115', '10115', '10115', '00000', '99998', '99999'],
  gloomy: ['10115', '00000', '99998', '99999'],
};
/** Of orders that are cancelled before, while and after they are confirmed. The rest are not. */
const CANCELLED: Readonly<Record<Mood, number>> = { mixed: 0.12, gloomy: 0.25 };
const CANCELLED_AFTER_MS = [0, 1_000, 3_000, 10_000, 60_000, 20 * 60_000] as const;

/** Of orders whose parcels are handed over, and nobody minds. */
const HANDED_OVER = 0.1;
const HANDED_OVER_AFTER_MS = [5_000, 60_000, 10 * 60_000] as const;

/** Of orders that go well and are cancelled when the shop hands their parcels over: the carrier decides which comes first. */
const RACED: Readonly<Record<Mood, number>> = { mixed: 0.1, gloomy: 0.07 };
const RACED_AFTER_MS = [10_000, 60_000, 20 * 60_000] as const;
/** The carrier hears of a cancellation some 100 to 400 ms after the API does. */
const AFTER_THE_CANCELLATION_MS = [-1_000, 50, 100, 100, 150, 150, 200, 200, 300, 400, 30_000] as const;

/** Tasks for each order of the plan, the share of them that is completed, and how long after they were created. */
const TASKS = 0.5;
const COMPLETED = 0.6;
const COMPLETED_AFTER_MS = [0, 100, 5_000, 10 * 60_000] as const;

/**
 * Orders of all sorts, placed within two minutes, many of them at once: good ones, declined ones, lost replies, parties that
 * fail, addresses that are refused, too little stock, several lines on shared scarce SKUs, cancelled ones. Beside them tasks, of
 * which some are completed.
 */
export function planOf(seed: number, orders: number, mood: Mood): Plan {
  return {
    stock: [
      { sku: 'MUG-01', onHand: PLENTY, unitPriceCents: PRICE_CENTS },
      { sku: 'LAMP-01', onHand: Math.ceil(LAMPS * orders), unitPriceCents: 4 * PRICE_CENTS },
      { sku: 'VASE-01', onHand: Math.ceil(VASES * orders), unitPriceCents: 3 * PRICE_CENTS },
    ],
    orders: Array.from({ length: orders }, (_, index) => orderOf(seed, index, mood)),
    tasks: Array.from({ length: Math.ceil(orders * TASKS) }, (_, index) => taskOf(seed, index)),
  };
}

type Of = (what: string) => string;

function taskOf(seed: number, index: number): PlannedTask {
  const of: Of = (what) => `task ${index}, ${what}`;
  const createdAtMs = 1_000 * pick(seed, of('created'), [0, 0, 1, 5, 60]);
  return {
    key: `task-${seed}-${index}`,
    customerId: pick(seed, of('customer'), ['alice', 'bob', 'carol']),
    title: `Task ${index}`,
    createdAtMs,
    ...(draw(seed, of('completed')) < COMPLETED && {
      completedAtMs: createdAtMs + pick(seed, of('completed at'), COMPLETED_AFTER_MS),
    }),
  };
}

function orderOf(seed: number, index: number, mood: Mood): PlannedOrder {
  const of: Of = (what) => `order ${index}, ${what}`;
  const key = `key-${seed}-${index}`;
  const customerId = pick(seed, of('customer'), ['alice', 'bob', 'carol']);
  const placedAtMs = 1_000 * pick(seed, of('placed'), [0, 0, 0, 1, 2, 5, 30, 120]);
  const order = { key, customerId, placedAtMs };
  if (draw(seed, of('raced')) < RACED[mood]) return { ...order, ...racedAfter(seed, of, placedAtMs) };
  return {
    ...order,
    lines: linesOf(seed, of),
    token: pick(seed, of('token'), TOKENS[mood]),
    postalCode: pick(seed, of('postal code'), POSTAL_CODES[mood]),
    ...endingAfter(seed, of, placedAtMs, mood),
  };
}

function racedAfter(seed: number, of: Of, placedAtMs: number) {
  const cancelledAtMs = placedAtMs + pick(seed, of('raced at'), RACED_AFTER_MS);
  const handedOverAtMs = cancelledAtMs + pick(seed, of('handed over at'), AFTER_THE_CANCELLATION_MS);
  const lines = [{ sku: 'MUG-01', quantity: 1 }];
  return { lines, token: 'tok_ok', postalCode: '10115', cancelledAtMs, handedOverAtMs };
}

function endingAfter(seed: number, of: Of, placedAtMs: number, mood: Mood) {
  if (draw(seed, of('cancelled')) < CANCELLED[mood]) {
    return { cancelledAtMs: placedAtMs + pick(seed, of('cancelled at'), CANCELLED_AFTER_MS) };
  }
  if (draw(seed, of('handed over')) >= HANDED_OVER) return {};
  return { handedOverAtMs: placedAtMs + pick(seed, of('handed over at'), HANDED_OVER_AFTER_MS) };
}

function linesOf(seed: number, of: Of): PlannedOrder['lines'] {
  const skus = pick(seed, of('skus'), [
    ['MUG-01'],
    ['MUG-01'],
    ['LAMP-01'],
    ['LAMP-01', 'VASE-01'],
    ['VASE-01', 'MUG-01', 'LAMP-01'],
  ]);
  return skus.map((sku) => ({ sku, quantity: pick(seed, of(`quantity of ${sku}`), [1, 1, 2, 3]) }));
}
