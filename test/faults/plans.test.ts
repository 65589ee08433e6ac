import { planOf } from './plans';

const shareOf = (values: readonly boolean[]) => values.filter(Boolean).length / values.length;

describe('a plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planOf(5, 20, 'mixed')).toEqual(planOf(5, 20, 'mixed'));
    expect(planOf(6, 20, 'mixed')).not.toEqual(planOf(5, 20, 'mixed'));
  });

  it('has orders of all sorts', () => {
    const { orders } = planOf(1, 400, 'mixed');

    const tokens = new Set(orders.map(({ token }) => token));
    expect([...tokens].sort()).toEqual(['tok_declined', 'tok_error', 'tok_flaky', 'tok_lost_reply', 'tok_ok']);
    expect(new Set(orders.map(({ postalCode }) => postalCode))).toEqual(new Set(['10115', '00000', '99998', '99999']));
    expect(new Set(orders.map(({ lines }) => lines.length))).toEqual(new Set([1, 2, 3]));
    expect(new Set(orders.map(({ key }) => key)).size).toBe(400);
    expect(shareOf(orders.map(({ cancelledAtMs }) => cancelledAtMs !== undefined))).toBeCloseTo(0.2, 1);
  });

  it('wants more of the scarce SKUs than there is', () => {
    const { orders, stock } = planOf(1, 400, 'mixed');

    for (const sku of ['LAMP-01', 'VASE-01']) {
      const wanted = orders.flatMap(({ lines }) => lines).filter((line) => line.sku === sku);
      const onHand = stock.find((item) => item.sku === sku)?.onHand;
      expect(wanted.reduce((sum, { quantity }) => sum + quantity, 0)).toBeGreaterThan(onHand ?? Number.NaN);
    }
  });

  it('has parcels handed over about when their cancellation reaches the carrier, and some that nobody cancels', () => {
    for (const mood of ['mixed', 'gloomy'] as const) {
      const handedOver = planOf(1, 400, mood).orders.filter(({ handedOverAtMs }) => handedOverAtMs !== undefined);
      const raced = handedOver.filter(
        ({ cancelledAtMs, handedOverAtMs }) => Math.abs((cancelledAtMs ?? -1e9) - (handedOverAtMs ?? 0)) < 500,
      );

      expect(raced.length).toBeGreaterThan(400 / 25);
      expect(raced.every(({ token, postalCode }) => token === 'tok_ok' && postalCode === '10115')).toBe(true);
      expect(handedOver.filter(({ cancelledAtMs }) => cancelledAtMs === undefined).length).toBeGreaterThan(10);
    }
  });

  it('has more that goes wrong when it is gloomy', () => {
    const goesWell = (mood: 'mixed' | 'gloomy') =>
      shareOf(planOf(1, 400, mood).orders.map(({ token, postalCode }) => token === 'tok_ok' && postalCode === '10115'));

    expect(goesWell('gloomy')).toBeLessThan(goesWell('mixed') / 2);
  });
});
