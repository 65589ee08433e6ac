import {
  explainReservation,
  inTakingOrder,
  type Line,
  listPrunable,
  OnHandBelowReservedError,
  StockContendedError,
  StockInsufficientError,
  type StockRow,
  toStockItem,
  UnknownSkuError,
} from '../../../functions/inventory/domain';

const ROW: StockRow = {
  sku: 'MUG-01',
  name: 'Mug',
  unitPriceCents: 1200,
  currency: 'EUR',
  available: 7,
  reserved: 3,
  pending: { ord_1: 3 },
  released: { ord_2: 1_800_000_000 },
  updatedAt: '2026-01-01T00:00:00.000Z',
};

describe('a reservation that was refused', () => {
  test.each<[string, Partial<StockRow>, string]>([
    ['for want of such a row', {}, 'unknown SKU'],
    ['for want of the SKU, when its row is for notes alone', { sku: 'MUG-01', available: 0 }, 'unknown SKU'],
    ['for an order that has one', { ...ROW, pending: { ord_9: 1 } }, 'reserved already'],
    ['for an order whose reservation was released', { ...ROW, released: { ord_9: 1 } }, 'released before'],
    ['for want of pieces', ROW, 'insufficient'],
    ['for want of room, when there are enough pieces', { ...ROW, available: 8 }, 'crowded'],
  ])('%s is told apart', (_, row, expected) => {
    expect(explainReservation(row, 'ord_9', 8)).toBe(expected);
  });

  test('is a repeat rather than a shortage when the order took the last pieces itself', () => {
    const row = { ...ROW, available: 0, pending: { ord_9: 1 } };

    expect(explainReservation(row, 'ord_9', 8)).toBe('reserved already');
  });
});

describe('the lines of an order', () => {
  test('are taken in the same order by every order', () => {
    const [tea, mug, pot] = ['TEA-01', 'MUG-01', 'POT-01'].map((sku) => ({ sku, quantity: 1 }));

    expect(inTakingOrder([tea, mug, pot] as Line[])).toEqual([mug, pot, tea]);
  });
});

describe('the notes of released orders', () => {
  const expired = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`ord_${n}`, 99]));

  test.each([
    [19, 0],
    [20, 20],
    [101, 100],
  ])('are removed together: of %d that have expired %d', (count, removed) => {
    expect(listPrunable({ ...expired(count), ord_x: 100 }, 'ord_f0', 100)).toHaveLength(removed);
  });

  test('are removed by one order of sixteen', () => {
    const removers = [...'0123456789abcdef'].filter(
      (digit) => listPrunable(expired(20), `ord_f${digit}`, 100).length > 0,
    );

    expect(removers).toEqual(['0']);
  });

  test('stay to their last second', () => {
    expect(listPrunable(expired(20), 'ord_f0', 99)).toEqual([]);
  });
});

describe('a stock item in the API', () => {
  test('counts what is on hand from what is available and what is reserved', () => {
    expect(toStockItem(ROW)).toEqual({
      sku: 'MUG-01',
      name: 'Mug',
      unitPriceCents: 1200,
      currency: 'EUR',
      onHand: 10,
      reserved: 3,
      available: 7,
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
  });
});

describe('the errors of the stock', () => {
  test('carry the names that the saga matches', () => {
    expect(new StockInsufficientError('MUG-01', 2, 1).name).toBe('StockInsufficientError');
    expect(new UnknownSkuError('MUG-01').name).toBe('UnknownSkuError');
  });

  test('say what was asked for and what there is', () => {
    expect(new StockInsufficientError('MUG-01', 2, 1).message).toBe('2 of MUG-01 asked for, 1 available');
    expect(new OnHandBelowReservedError(1, 3).message).toBe('onHand must be at least what is reserved, 3, got 1');
  });

  test('ask for another try only when one can help', () => {
    expect(new StockContendedError('MUG-01').retryable).toBe(true);
    expect(new StockInsufficientError('MUG-01', 2, 1).retryable).toBe(false);
  });
});
