import { draw, pick } from './draw';
import type { Plan, PlannedOrder } from './simulation';

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
/** Shares of orders that are cancelled before, while and after they are confirmed; the rest are not. */
const CANCELLED_AFTER_MS = [0, 1_000, 3_000, 10_000, 60_000, 20 * 60_000] as const;

/**
 * Orders of all sorts, placed within two minutes, many of them at once: good ones, declined ones, lost replies, parties that
 * fail, addresses that are refused, too little stock, several lines on shared scarce SKUs, cancelled ones.
 */
export function planOf(seed: number, orders: number, mood: Mood): Plan {
  return {
    stock: [
      { sku: 'MUG-01', onHand: PLENTY, unitPriceCents: PRICE_CENTS },
      { sku: 'LAMP-01', onHand: Math.ceil(LAMPS * orders), unitPriceCents: 4 * PRICE_CENTS },
      { sku: 'VASE-01', onHand: Math.ceil(VASES * orders), unitPriceCents: 3 * PRICE_CENTS },
    ],
    orders: Array.from({ length: orders }, (_, index) => orderOf(seed, index, mood)),
  };
}

function orderOf(seed: number, index: number, mood: Mood): PlannedOrder {
  const of = (what: string) => `order ${index}, ${what}`;
  const isCancelled = draw(seed, of('cancelled')) < (mood === 'gloomy' ? 0.3 : 0.2);
  const placedAtMs = 1_000 * pick(seed, of('placed'), [0, 0, 0, 1, 2, 5, 30, 120]);
  return {
    key: `key-${seed}-${index}`,
    customerId: pick(seed, of('customer'), ['alice', 'bob', 'carol']),
    placedAtMs,
    lines: linesOf(seed, of),
    token: pick(seed, of('token'), TOKENS[mood]),
    postalCode: pick(seed, of('postal code'), POSTAL_CODES[mood]),
    ...(isCancelled && { cancelledAtMs: placedAtMs + pick(seed, of('cancelled at'), CANCELLED_AFTER_MS) }),
  };
}

function linesOf(seed: number, of: (what: string) => string): PlannedOrder['lines'] {
  const skus = pick(seed, of('skus'), [
    ['MUG-01'],
    ['MUG-01'],
    ['LAMP-01'],
    ['LAMP-01', 'VASE-01'],
    ['VASE-01', 'MUG-01', 'LAMP-01'],
  ]);
  return skus.map((sku) => ({ sku, quantity: pick(seed, of(`quantity of ${sku}`), [1, 1, 2, 3]) }));
}
