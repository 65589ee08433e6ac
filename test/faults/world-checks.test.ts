import { first, type Planted, plantedIn } from './planted-evidence';
import type { Plan } from './simulation';
import { checkAnswers } from './world/check-answers';
import { checkEnd } from './world/check-end';
import { checkHandOvers } from './world/check-hand-overs';
import { checkLists } from './world/check-lists';
import { checkOutcomes } from './world/check-outcomes';
import { checkSums } from './world/check-sums';
import { checkVersions } from './world/check-versions';
import type { Evidence } from './world/evidence';
import type { OrderVersion } from './world/order-versions';
import { CHECKS, simulate } from './world/simulate';

const PLAN: Plan = {
  stock: [{ sku: 'MUG-01', onHand: 10, unitPriceCents: 1200 }],
  orders: [
    {
      key: 'key-1',
      customerId: 'alice',
      placedAtMs: 0,
      lines: [{ sku: 'MUG-01', quantity: 2 }],
      token: 'tok_ok',
      postalCode: '10115',
    },
    {
      key: 'key-2',
      customerId: 'bob',
      placedAtMs: 0,
      lines: [{ sku: 'MUG-01', quantity: 1 }],
      token: 'tok_declined',
      postalCode: '10115',
      cancelledAtMs: 0,
    },
  ],
  tasks: [{ key: 'task-1', customerId: 'alice', title: 'Task', createdAtMs: 0, completedAtMs: 5_000 }],
};

/** What a run without faults leaves: the order of alice is kept, that of bob undone. */
let right: Evidence;
let [kept, undone] = ['', ''];

beforeAll(async () => {
  const outcome = await simulate({
    profile: 'STANDARD',
    seed: 1,
    plan: PLAN,
    injector: () => ({ kind: 'ok' }),
    faultsEndAtMs: 0,
  });
  right = outcome.evidence;
  [kept = '', undone = ''] = right.clients.map(({ orderId }) => orderId);
});

const withPlanted = (plant: (copy: Planted) => void) => plantedIn(right, plant);

it('finds nothing wrong with what is right', () => {
  expect(right.books.orders.map(({ status }) => status).sort()).toEqual(['CANCELLED', 'CONFIRMED']);
  expect(CHECKS.flatMap((check) => check(right))).toEqual([]);
});

const chargeOf = ({ books }: Planted) => first((books.charges ?? []).filter(({ orderId }) => orderId === kept));
const versionsOf = ({ versions }: Planted) => first(versions.filter(([orderId]) => orderId === kept))[1];
const stockOf = ({ books }: Planted) => first(books.stock);
const clientOf = ({ clients }: Planted) => first(clients);

describe('the sums', () => {
  it.each<[string, string, (copy: Planted) => void]>([
    [
      'money',
      'money of a kept order that is given back',
      (copy) => Object.assign(chargeOf(copy), { status: 'REFUNDED' }),
    ],
    ['money', 'another amount', (copy) => Object.assign(chargeOf(copy), { amountCents: 2401 })],
    ['money', 'a second charge', (copy) => copy.books.charges?.push({ ...chargeOf(copy), status: 'REFUNDED' })],
    [
      'money',
      'a charge of an undone order',
      (copy) => copy.books.charges?.push({ ...chargeOf(copy), orderId: undone }),
    ],
    ['parcels', 'a kept order without a parcel', (copy) => copy.books.parcels?.splice(0)],
    [
      'parcels',
      'an undone order with a parcel',
      (copy) => copy.books.parcels?.push({ orderId: undone, reference: undone, status: 'BOOKED' }),
    ],
    ['stock', 'a piece that is gone', (copy) => Object.assign(stockOf(copy), { available: 7 })],
    ['stock', 'a sum that is wrong', (copy) => Object.assign(stockOf(copy), { available: 9, reserved: 1 })],
    ['stock', 'pieces kept for an undone order', (copy) => Object.assign(stockOf(copy).pending, { [undone]: 1 })],
    ['stock', 'pieces that are not sold yet', (copy) => Object.assign(stockOf(copy).pending, { [kept]: 1 })],
    ['stock', 'less than nothing', (copy) => Object.assign(stockOf(copy), { available: -1, reserved: 11 })],
    ['stock', 'a SKU that is lost', (copy) => copy.books.stock.splice(0)],
    [
      'keys',
      'a request under two keys',
      (copy) => Object.assign(copy, { partyKeys: new Map([['a charge', new Set(['one', 'other'])]]) }),
    ],
  ])('show a violation of %s: %s', (rule, _, plant) => {
    expect(checkSums(withPlanted(plant)).map((found) => found.rule)).toContain(rule);
  });
});

describe('the answers', () => {
  const answer = (status: number, body = '{}') => ({ status, headers: {}, body });

  it.each<[string, string, (copy: Planted) => void]>([
    ['answers', 'none', (copy) => void delete clientOf(copy).accepted],
    ['answers', 'a refusal of what is right', (copy) => Object.assign(clientOf(copy), { accepted: answer(422) })],
    [
      'answers',
      'another price than that of the plan',
      (copy) => Object.assign(first(copy.plan.stock), { unitPriceCents: 1201 }),
    ],
    ['lost orders', 'an accepted order that is not there', (copy) => copy.versions.splice(0, 2)],
    ['idempotency', 'another body to a repeat', (copy) => clientOf(copy).repeats.push(answer(202, '{ }'))],
    ['idempotency', 'an acceptance of another body', (copy) => clientOf(copy).misuses.push(answer(202))],
    [
      'idempotency',
      'an order that nobody placed',
      (copy) => copy.books.orders.push({ ...first(copy.books.orders), orderId: 'ord_x' }),
    ],
    ['isolation', 'a look at the order of another', (copy) => clientOf(copy).strangers.push(answer(200))],
    [
      'isolation',
      'an address in an answer',
      (copy) => clientOf(copy).strangers.push(answer(404, 'residence of alice')),
    ],
    ['isolation', 'a token in a log', (copy) => copy.logs.push('{"message":"charged tok_ok"}')],
    ['hostile input', 'broken input taken', (copy) => copy.refused.push({ as: 'deep', answer: answer(202) })],
    ['hostile input', 'a crash by broken input', (copy) => copy.refused.push({ as: 'deep', answer: answer(502) })],
  ])('show a violation of %s: %s', (rule, _, plant) => {
    expect(checkAnswers(withPlanted(plant)).map((found) => found.rule)).toContain(rule);
  });
});

describe('the hand-overs', () => {
  const cancelled = (status: number) => (copy: Planted) =>
    clientOf(copy).cancellations.push({ status, headers: {}, body: '{}', at: 1e15 });
  const taken = (index: number) => (copy: Planted) =>
    copy.handedOver.push({ orderId: copy.clients[index]?.orderId ?? '', at: 0 });
  const keptAs = (copy: Planted) => {
    const last = versionsOf(copy).at(-1);
    if (last) last.row = Object.assign({}, last.row, { handedOverAt: '2026-01-01T00:00:00.000Z' });
  };
  const all =
    (...steps: Array<(copy: Planted) => unknown>) =>
    (copy: Planted) => {
      for (const step of steps) step(copy);
    };

  it.each<[string, (copy: Planted) => void]>([
    ['an accepted cancellation of an order that stays', cancelled(202)],
    ['one that stays though the row does not say why', all(cancelled(202), taken(0))],
    ['a refused cancellation that nothing stood in the way of', cancelled(409)],
    ['another answer to a cancellation', cancelled(404)],
    ['an undone order whose parcel is gone', taken(1)],
    ['an order that is kept for a hand-over that never was', keptAs],
  ])('show %s', (_, plant) => {
    const found = checkHandOvers(withPlanted(plant));

    expect(found).toMatchObject([{ rule: 'cancellations' }]);
  });

  it.each<[string, (copy: Planted) => void]>([
    ['before the cancellation', all(cancelled(409), taken(0))],
    ['during the cancellation', all(cancelled(202), taken(0), keptAs)],
    ['of an order that nobody cancels', taken(0)],
  ])('are right %s', (_, plant) => {
    expect(checkHandOvers(withPlanted(plant))).toEqual([]);
  });
});

describe('the outcomes', () => {
  const rejected = (code: string) => (copy: Planted) => {
    const last = versionsOf(copy).at(-1);
    if (last) last.row = Object.assign({}, last.row, { status: 'REJECTED', rejection: { code } });
  };
  const strikeIt = (copy: Planted) => {
    const call = { edge: 'lambda', phase: 'forward', name: 'x/y', orderId: kept, nth: 0, at: 0 } as const;
    copy.strikes.push({ call, fate: { kind: 'stop' } });
  };

  it.each(['PAYMENT_DECLINED', 'SHIPPING_REFUSED', 'UNKNOWN_SKU'])('show an order that is %s for nothing', (code) => {
    const found = checkOutcomes(
      withPlanted((copy) => {
        rejected(code)(copy);
        strikeIt(copy);
      }),
    );

    expect(found).toMatchObject([{ rule: 'outcomes' }]);
  });

  it('show an order that is not kept though nothing was wrong with it, unless a fault has struck it', () => {
    const plant = rejected('SERVICE_UNAVAILABLE');
    const found = checkOutcomes(withPlanted(plant));
    const foundWhenStruck = checkOutcomes(
      withPlanted((copy) => {
        plant(copy);
        strikeIt(copy);
      }),
    );

    expect(found).toMatchObject([{ rule: 'outcomes' }]);
    expect(foundWhenStruck).toEqual([]);
  });
});

describe('the lists', () => {
  const HOUR_MS = 3_600_000;

  /** The customer of the first order has asked for all of its orders when everything was over, and was shown `items`. */
  function listing(copy: Planted, change: (own: Record<string, unknown>) => unknown[], status = 200) {
    const { row, at = 0 } = versionsOf(copy).at(-1) ?? {};
    const items = change({ ...row });
    const page = { status, headers: {}, body: JSON.stringify({ items }), at: at + HOUR_MS };
    clientOf(copy).lists.push({ askedAt: at + HOUR_MS, pages: [page] });
  }
  const withOther = (copy: Planted) =>
    copy.versions.push([
      'ord_other',
      [{ at: 0, row: Object.assign({}, versionsOf(copy)[0]?.row, { orderId: 'ord_other' }) as never }],
    ]);

  it.each<[string, string, (copy: Planted) => void]>([
    ['isolation', 'an order of another customer', (copy) => listing(copy, (own) => [own, { ...own, orderId: undone }])],
    ['lists', 'an order twice', (copy) => listing(copy, (own) => [own, own])],
    ['lists', 'an order as it was before', (copy) => listing(copy, (own) => [{ ...own, status: 'PENDING' }])],
    ['lists', 'less than all', (copy) => listing(copy, () => [])],
    ['lists', 'nothing for an answer', (copy) => listing(copy, () => [], 400)],
    [
      'lists',
      'a newer order behind an older one',
      (copy) => {
        withOther(copy);
        const older = { orderId: 'ord_other', status: 'PENDING', createdAt: '2000-01-01T00:00:00.000Z' };
        listing(copy, (own) => [older, own]);
      },
    ],
  ])('show a violation of %s: %s', (rule, _, plant) => {
    expect(checkLists(withPlanted(plant))).toMatchObject([{ rule }]);
  });

  it('are right when they show what is there, and need not show what is new', () => {
    const right = withPlanted((copy) => {
      listing(copy, (own) => [own]);
      const { askedAt } = first(clientOf(copy).lists);
      withOther(copy);
      copy.versions.at(-1)?.[1].forEach((version) => {
        version.at = askedAt - 1_000;
      });
    });

    expect(checkLists(right)).toEqual([]);
  });
});

describe('the versions of an order', () => {
  /** The order of alice, with one version more. */
  const then = (parts: Partial<OrderVersion>) => (copy: Planted) => {
    const versions = versionsOf(copy);
    const last = versions.at(-1);
    if (!last?.row) throw new Error('the order has no version');
    versions.push({ at: last.at, row: Object.assign({}, last.row, parts) });
  };

  it.each<[string, (copy: Planted) => void]>([
    ['goes back', then({ status: 'PENDING' })],
    ['is rejected after it was confirmed', then({ status: 'REJECTED' })],
    ['changes what it costs', then({ totalCents: 1 })],
    ['changes hands', then({ customerId: 'bob' })],
    ['changes its lines', then({ items: [] })],
    ['is deleted', (copy) => versionsOf(copy).push({ at: 0, row: undefined })],
    ['begins in the middle', (copy) => versionsOf(copy).shift()],
  ])('show one that %s', (_, plant) => {
    expect(checkVersions(withPlanted(plant)).map(({ rule }) => rule)).toContain('order versions');
  });
});

describe('the end', () => {
  const end = () => ({ isQuiet: true, versions: right.versions, deadLetters: 0 });

  it('is good when all is quiet', () => {
    expect(checkEnd(end())).toEqual([]);
  });

  it('shows what is still under way, what is open, and what was given up', () => {
    const open = new Map([...right.versions].map(([orderId, versions]) => [orderId, versions.slice(0, 1)]));

    expect(checkEnd({ ...end(), isQuiet: false })).toMatchObject([{ rule: 'stuck' }]);
    expect(checkEnd({ ...end(), versions: open })).toMatchObject([{ rule: 'stuck' }, { rule: 'stuck' }]);
    expect(checkEnd({ ...end(), deadLetters: 1 })).toMatchObject([{ rule: 'dead letters' }]);
  });
});
