import { audit } from '../../../../functions/operations/audit/audit';
import type { Books, OrderEntry, StockEntry } from '../../../../functions/operations/audit/books';
import { LAGGING_AFTER_MS } from '../../../../functions/operations/audit/check-executions';
import { UNSOLD_AFTER_MS } from '../../../../functions/operations/audit/check-stock';
import { ago, anOrder, CONFIRMED, ID, NOW, REJECTED, SOLD, SOLD_ROW, TAKEN_BACK } from './some-books';

const stockOf = (books: Books, more: Partial<StockEntry>): Books => ({
  ...books,
  stock: [{ ...(books.stock[0] as StockEntry), ...more }],
});
const orderOf = (books: Books, more: Partial<OrderEntry>): Books => ({
  ...books,
  orders: [{ ...(books.orders[0] as OrderEntry), ...more }],
});
const back = (more: object = {}) => ({ orderId: ID, returnedSku: 'MUG-01', quantity: 2, returnedAt: ago(9), ...more });

/** What is wrong with the stock: the other books are those of another order. */
const violationsOf = (books: Books) =>
  audit(books, NOW)
    .violations.filter(({ invariant }) => invariant === 'stock')
    .map(({ subject, detail }) => `${subject} ${detail}`);

describe('the sales of a SKU', () => {
  it.each<[what: string, books: Books, violations: string[]]>([
    [
      'a sale that was lost',
      orderOf(CONFIRMED, { confirmedAt: ago(121) }),
      [`MUG-01 has 2 reserved for ord_1, which is CONFIRMED since ${ago(121)}: it is not sold`],
    ],
    ['a sale that was made twice', stockOf(SOLD, { available: 96, sold: 4 }), ['MUG-01 has 4 sold, its orders have 2']],
    [
      'a sale that was not counted',
      stockOf(SOLD, { sold: 0 }),
      ['MUG-01 has 98 on hand, its last count leaves 100', 'MUG-01 has 0 sold, its orders have 2'],
    ],
    [
      'a sale of an order that was rejected',
      { ...REJECTED, stock: [SOLD_ROW] },
      ['MUG-01 has 2 sold, its orders have 0'],
    ],
    ['a sale without an order', { ...SOLD, orders: [] }, ['MUG-01 has 2 sold, its orders have 0']],
    [
      'pieces that have vanished',
      stockOf(SOLD, { available: 97 }),
      ['MUG-01 has 97 on hand, its last count leaves 98'],
    ],
    [
      'pieces that came from nowhere',
      stockOf(TAKEN_BACK, { available: 101 }),
      ['MUG-01 has 101 on hand, its last count leaves 100'],
    ],
    [
      'a return that was lost',
      { ...stockOf(TAKEN_BACK, { available: 98, returned: 0 }), returns: [] },
      ['MUG-01 has 0 brought back, its orders have 2', 'ord_1 is CANCELLED, 2 of MUG-01 are not back'],
    ],
    [
      'a return that was made twice',
      stockOf(TAKEN_BACK, { available: 102, returned: 4 }),
      ['MUG-01 has 4 brought back, its orders have 2'],
    ],
    [
      'a return of too little',
      { ...TAKEN_BACK, returns: [back({ quantity: 1 })] },
      ['ord_1 is CANCELLED, 2 of MUG-01 are not back'],
    ],
    [
      'a return of an order that is confirmed',
      { ...stockOf(SOLD, { available: 100, returned: 2 }), returns: [back()] },
      ['ord_1 is CONFIRMED, 2 of MUG-01 are back'],
    ],
    [
      'a return of an order that was rejected',
      { ...REJECTED, returns: [back()] },
      ['ord_1 is REJECTED, 2 of MUG-01 are back'],
    ],
    [
      'a return without an order',
      { ...REJECTED, returns: [back({ orderId: 'ord_2' })] },
      ['ord_2 is not there, 2 of MUG-01 are back'],
    ],
    ['a row that was deleted', { ...SOLD, stock: [] }, ['MUG-01 has 0 sold, its orders have 2']],
    [
      'less than nothing sold',
      stockOf(SOLD, { available: 101, sold: -1 }),
      ['MUG-01 has -1 sold', 'MUG-01 has -1 sold, its orders have 2'],
    ],
  ])('are wrong with %s', (_, books, violations) => {
    expect(violationsOf(books)).toEqual(violations);
  });

  it.each<[what: string, books: Books]>([
    ['a sale that may still come', orderOf(CONFIRMED, { confirmedAt: new Date(NOW - UNSOLD_AFTER_MS).toISOString() })],
    ['an order that was handed over', orderOf(SOLD, { cancelRequestedAt: ago(10) })],
    ['a sale before the shop counted', stockOf(SOLD, { available: 7, counted: 7, soldBefore: 2 })],
    ['a row that the shop has not counted since sales are', { ...CONFIRMED, stock: CONFIRMED.stock }],
    ['an order that was sold after it was read', orderOf(SOLD, { status: 'PENDING' })],
    ['an order that was cancelled and sold before it was read', orderOf(SOLD, { status: 'CANCELLING' })],
    ['an order that is taken back at the moment', orderOf(TAKEN_BACK, { status: 'CANCELLING' })],
    ['an order that is parked while it is taken back', orderOf(TAKEN_BACK, { status: 'NEEDS_ATTENTION' })],
    [
      'an order that was taken back after it was read',
      {
        ...orderOf(TAKEN_BACK, { status: 'CONFIRMED' }),
        returns: [back({ returnedAt: new Date(NOW - LAGGING_AFTER_MS).toISOString() })],
      },
    ],
    [
      'an order that was placed after the stock was read',
      { ...SOLD, orders: [anOrder('CONFIRMED', { isNewer: true })], stock: [{ ...SOLD_ROW, available: 100, sold: 0 }] },
    ],
    ['books without the records of what was brought back', { ...TAKEN_BACK, returns: undefined } as unknown as Books],
  ])('are right with %s', (_, books) => {
    expect(violationsOf(books)).toEqual([]);
  });
});
