import fc from 'fast-check';
import { MAX_QUANTITY } from '../../functions/orders/contract';
import { MAX_TOTAL_CENTS, MAX_UNIT_PRICE_CENTS, totalCents } from '../../lib/money';

describe('a total', () => {
  it.each([
    [[], 0],
    [[{ quantity: 2, unitPriceCents: 1200 }], 2400],
    [
      [
        { quantity: 3, unitPriceCents: 33 },
        { quantity: 1, unitPriceCents: 1 },
      ],
      100,
    ],
    [[{ quantity: MAX_QUANTITY, unitPriceCents: MAX_UNIT_PRICE_CENTS }], 100_000_000_000],
  ])('of %j is %i cents', (lines, cents) => {
    expect(totalCents(lines)).toBe(cents);
  });

  it('is exact: the same as with integers of any size', () => {
    const line = fc.record({
      quantity: fc.integer({ min: 1, max: 1000 }),
      unitPriceCents: fc.integer({ min: 0, max: MAX_UNIT_PRICE_CENTS }),
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const exact = lines.reduce((sum, one) => sum + BigInt(one.quantity) * BigInt(one.unitPriceCents), 0n);

        expect(BigInt(totalCents(lines))).toBe(exact);
      }),
      { seed: 20260101 },
    );
  });

  it.each<[title: string, lines: Array<{ quantity: number; unitPriceCents: number }>]>([
    ['beyond 2^53', [{ quantity: 2, unitPriceCents: Number.MAX_SAFE_INTEGER }]],
    ['of half a cent', [{ quantity: 1, unitPriceCents: 0.5 }]],
    ['of half cents that add up to whole ones', [{ quantity: 2, unitPriceCents: 0.5 }]],
    ['that is no number', [{ quantity: Number.NaN, unitPriceCents: 1 }]],
    ['without end', [{ quantity: Number.POSITIVE_INFINITY, unitPriceCents: 1 }]],
  ])('%s is refused, never rounded', (_, lines) => {
    expect(() => totalCents(lines)).toThrow(RangeError);
  });
});

describe('the largest total', () => {
  it('can be added up ninety thousand times and stays exact', () => {
    expect(MAX_TOTAL_CENTS).toBe(100_000_000_000);
    expect(Number.isSafeInteger(MAX_TOTAL_CENTS * 90_000)).toBe(true);
  });
});
