import { marshall } from '@aws-sdk/util-dynamodb';
import jsonata from 'jsonata';
import { inventory } from '../../../functions/inventory/contract';
import { MAX_OPEN_RESERVATIONS, MAX_RELEASED, RELEASED_FOR_SECONDS } from '../../../functions/inventory/store';
import { placeOrder } from '../../../functions/orders/place-order.saga';
import { itemBytes, MAX_ITEM_BYTES } from '../../../infra/local/dynamodb/item-rules';
import { toAsl } from '../../../lib/saga/to-asl';
import { clock } from '../../support/a-command';

/** Clocks of the state machine and of two functions differ by less. */
const CLOCK_DIFFERENCE_SECONDS = 2 * 60;

/** What DynamoDB gives the partition of one row, each second and at once after five minutes of rest. */
const WRITE_UNITS_PER_SECOND = 1_000;
const BURST_UNITS = 300 * WRITE_UNITS_PER_SECOND;

/** Expired notes that wait for an order that removes them: the twenty at which that begins, and sixteen orders more. */
const EXPIRED = 20 + 16;

const NOW_SECONDS = clock.now() / 1000 + 1;
const entries = (count: number, value: number, from = 0) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`ord_${(from + n).toString(16).padStart(32, '0')}`, value]),
  );

/** The longest row there can be, with so many orders in it. */
function rowBytes(pending: number, released: number): number {
  const row = {
    sku: 's'.repeat(40),
    name: 'n'.repeat(200),
    unitPriceCents: 99_999_999,
    currency: 'EUR',
    available: 999_999_999,
    reserved: 999_999_999,
    pending: entries(pending, 999),
    released: entries(released, NOW_SECONDS, pending),
    updatedAt: '2026-01-01T00:00:00.000Z',
    sold: 999_999_999,
    returned: 999_999_999,
    counted: 999_999_999,
    soldBefore: 999_999_999,
    returnedBefore: 999_999_999,
  };
  return itemBytes(marshall(row) as unknown as Parameters<typeof itemBytes>[0]);
}

const bytesOfNote = rowBytes(0, 1) - rowBytes(0, 0);
const unitsOf = (bytes: number) => Math.ceil(bytes / 1024);

/** Of the row, for orders that are reserved and given back or sold: two writes each, and at most one of sixteen removes notes. */
function unitsPerSecond(ordersPerSecond: number): number {
  return Math.ceil(
    2 * (1 + 1 / 16) * ordersPerSecond * unitsOf(rowBytes(0, ordersPerSecond * RELEASED_FOR_SECONDS + EXPIRED)),
  );
}

describe('the note of a released order', () => {
  it('outlives the last reservation that can come, by the text of the saga', async () => {
    const enteredAt = '2026-01-01T00:00:00.000Z';
    const states = Object.values(toAsl(placeOrder).States as Record<string, { Arguments?: { Payload?: Payload } }>);
    const reserves = states
      .flatMap(({ Arguments }) => Arguments?.Payload ?? [])
      .filter(({ step }) => step === 'ReserveStock');
    const context = { State: { EnteredTime: enteredAt }, Execution: { Input: {}, Name: 'ord_1' } };
    const deadlines = await Promise.all(
      reserves.map(({ notAfter }) => jsonata(notAfter.slice(2, -2)).evaluate(undefined, { states: { context } })),
    );
    const latest = Math.max(...deadlines.map((notAfter) => Date.parse(notAfter) - Date.parse(enteredAt))) / 1000;
    const limit = inventory.handlers['reserve-stock'].timeoutSeconds;

    expect(latest).toBeGreaterThan(0);
    expect(RELEASED_FOR_SECONDS).toBeGreaterThan(latest + limit + CLOCK_DIFFERENCE_SECONDS);
  });
});

interface Payload {
  readonly step: string;
  readonly notAfter: string;
}

describe('the size of a row', () => {
  it('grows by 43 bytes for each order that was given back or sold within the last five minutes', () => {
    expect(bytesOfNote).toBe(43);
  });

  it.each([
    [1, 15, 32],
    [5, 65, 691],
    [6, 78, 995],
  ])(
    'bears %d orders a second, given back or sold: %d KB, %d write units a second',
    (ordersPerSecond, kilobytes, units) => {
      expect(unitsOf(rowBytes(0, ordersPerSecond * RELEASED_FOR_SECONDS + EXPIRED))).toBe(kilobytes);
      expect(unitsPerSecond(ordersPerSecond)).toBe(units);
      expect(units).toBeLessThanOrEqual(WRITE_UNITS_PER_SECOND);
    },
  );

  it('bears no seven: the partition refuses the writes before the row is full', () => {
    expect(unitsPerSecond(7)).toBeGreaterThan(WRITE_UNITS_PER_SECOND);
  });

  it('leaves room to give back when no reservation is taken any more, for all writes that the partition can make', () => {
    // Every open reservation becomes a note, and every write of five minutes, after a rest of five, adds another.
    const crowded = rowBytes(0, MAX_OPEN_RESERVATIONS + MAX_RELEASED);
    const writes =
      (BURST_UNITS + RELEASED_FOR_SECONDS * WRITE_UNITS_PER_SECOND) /
      unitsOf(rowBytes(MAX_OPEN_RESERVATIONS, MAX_RELEASED));

    expect(crowded + writes * bytesOfNote).toBeLessThan(MAX_ITEM_BYTES);
  });
});
