import * as v from 'valibot';
import {
  Currency,
  CustomerId,
  Nothing,
  OrderId,
  PageCursor,
  PageLimit,
  Sku,
  Timestamp,
  text,
  wholeNumber,
} from '../../../lib/service/schemas';

const HEX = '0123456789abcdef'.repeat(2);

describe.each<[name: string, schema: v.GenericSchema, good: readonly unknown[], bad: readonly unknown[]]>([
  [
    'an order id',
    OrderId,
    [`ord_${HEX}`],
    ['', 'ord_', `ord_${HEX.toUpperCase()}`, `ord_${HEX}0`, ` ord_${HEX}`, `ord_${HEX}\n`, 7],
  ],
  [
    'a SKU',
    Sku,
    ['A', '0', 'MUG-01', 'a.b_c', 'x'.repeat(40)],
    ['', '-A', 'A B', 'ä', 'A/B', 'x'.repeat(41), 'A\n', null],
  ],
  ['a currency', Currency, ['EUR'], ['eur', 'EURO', 'EU', '€', 'EUR ']],
  [
    'an instant',
    Timestamp,
    ['2026-01-01T00:00:00.000Z'],
    ['', '2026-01-01', '2026-13-01T00:00:00.000Z', '2026-01-01T25:00:00.000Z', 'now', 0],
  ],
  ['a customer', CustomerId, ['a', 'x'.repeat(255)], ['', 'x'.repeat(256)]],
  ['a page limit', PageLimit, [1, 25, 100], [0, 101, 1.5, '25', Number.NaN, Number.POSITIVE_INFINITY]],
  ['a cursor', PageCursor, ['a', 'x'.repeat(1000)], ['', 'x'.repeat(1001)]],
  ['a whole number from 1 to 3', wholeNumber(1, 3), [1, 2, 3], [0, 4, -1, 2.5, '2', null, 2n]],
  ['a text of 1 to 3 characters', text(1, 3), ['a', ' a ', 'äöü'], ['', '   ', '\n\t', 'abcd', 1]],
  ['nothing', Nothing, [{}], [{ a: 1 }, null, undefined, '']],
])('%s', (_, schema, good, bad) => {
  it.each(good)('may be %j', (value) => {
    expect(v.safeParse(schema, value).success).toBe(true);
  });

  it.each(bad.map((value) => [value]))('may not be %p', (value) => {
    expect(v.safeParse(schema, value).success).toBe(false);
  });
});
