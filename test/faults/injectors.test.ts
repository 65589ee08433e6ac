import { ACTIVE_CELLS } from './cells';
import { fakeWorld } from './fake-world';
import { type Call, type Fate, OK } from './fates';
import { injectorOf, isOf, keyOf, replayOf } from './injectors';
import { cellsOf } from './matrix';
import { planOf } from './plans';

const ORDERS = 40;
const run = (injector = injectorOf(cellsOf('F1/2', 7), 7), orders = planOf(7, ORDERS, 'mixed').orders) =>
  fakeWorld()({
    profile: 'STANDARD',
    seed: 7,
    plan: { stock: [], orders, tasks: [] },
    injector,
    faultsEndAtMs: Number.POSITIVE_INFINITY,
  });

const aCall = (call: Partial<Call> = {}): Call => ({
  edge: 'lambda',
  phase: 'forward',
  name: 'payments/charge-payment',
  orderId: 'ord_1',
  nth: 0,
  at: 0,
  ...call,
});

describe('the injector of a cell', () => {
  it('strikes calls at its point and no others', async () => {
    const { strikes } = await run();

    expect(strikes.length).toBeGreaterThan(0);
    expect(new Set(strikes.map(({ call }) => `${call.edge} ${call.phase}`))).toEqual(new Set(['lambda forward']));
    expect(strikes.every((strike) => isOf(cellsOf('F1/2', 7)[0] as never, strike))).toBe(true);
  });

  it('gives the same call the same fate when other orders are left out', async () => {
    const { orders } = planOf(7, ORDERS, 'mixed');
    const whole = await run();

    const part = await run(undefined, orders.slice(20));

    const kept = new Set(orders.slice(20).map(({ key }) => `ord_${key}`));
    expect(part.strikes).toEqual(whole.strikes.filter(({ call }) => kept.has(call.orderId ?? '')));
    expect(part.strikes.length).toBeGreaterThan(0);
  });

  it('strikes otherwise with another seed', async () => {
    const one = await run(injectorOf(cellsOf('F1/2', 7), 7));
    const other = await run(injectorOf(cellsOf('F1/2', 7), 8));

    expect(other.strikes).not.toEqual(one.strikes);
  });

  it('strikes some calls once, some in a row and some always, so that retries end well and badly', async () => {
    const { strikes } = await run();
    const inARow = new Map<string, number>();
    for (const { call } of strikes) {
      const key = `${call.orderId} ${call.name}`;
      inARow.set(key, (inARow.get(key) ?? 0) + 1);
    }

    expect([...new Set(inARow.values())].sort()).toEqual(expect.arrayContaining([1, 2, 4]));
    expect(inARow.size).toBeLessThan(2 * ORDERS);
  });

  it.each([
    ['table', 'InternalServerError'],
    ['lambda', 'Lambda.ServiceException'],
    ['party', '500'],
  ] as const)('names an error at the edge %s as it is named there', (edge, name) => {
    const injector = injectorOf(cellsOf('F1/8', 1), 1);

    const fates = Array.from({ length: 200 }, (_, nth) => injector(aCall({ edge, phase: 'undo', orderId: `o${nth}` })));

    expect(fates).toContainEqual({ kind: 'error-before', error: name });
  });

  it('strikes first executions as well where there must be something to repair', () => {
    const injector = injectorOf(cellsOf('F1/9', 1), 1);

    const fates = Array.from({ length: 50 }, (_, nth) => injector(aCall({ orderId: `ord_${nth}` })));

    expect(fates).toContainEqual({ kind: 'stop' });
    expect(isOf(cellsOf('F1/9', 1)[0] as never, { call: aCall(), fate: { kind: 'stop' } })).toBe(false);
  });

  it('keeps what is down down for ten minutes, for every order, and then no longer', () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const timelines = seeds.map((seed) => {
      const injector = injectorOf(cellsOf('F12/4', seed), seed);
      return Array.from({ length: 1200 }, (_, second) => {
        const call = aCall({
          edge: 'party',
          name: 'provider POST /charges',
          orderId: `ord_${second}`,
          at: second * 1000,
        });
        return injector(call).kind === 'ok' ? '.' : 'x';
      }).join('');
    });

    const down = timelines.filter((timeline) => timeline.includes('x'));
    expect(down.length).toBeGreaterThan(0);
    expect(down.length).toBeLessThan(seeds.length);
    for (const timeline of down) expect(timeline).toMatch(/^\.{0,60}x{600}\.*$/);
  });
});

describe('several cells at once', () => {
  it('strike in one run', async () => {
    const cells = ACTIVE_CELLS.filter(({ name }) => ['F1/2', 'F2/3', 'F5/4'].includes(name));

    const { strikes } = await run(injectorOf(cells, 7));

    for (const cell of cells) expect(strikes.some((strike) => isOf(cell, strike))).toBe(true);
  });
});

describe('a replay', () => {
  it('carries out what was carried out, and nothing else', async () => {
    const whole = await run();

    expect((await run(replayOf(whole.strikes))).strikes).toEqual(whole.strikes);
    expect((await run(replayOf(whole.strikes.slice(0, 1)))).strikes).toEqual(whole.strikes.slice(0, 1));
    expect((await run(replayOf([]))).strikes).toEqual([]);
  });

  it('tells calls apart by edge, name, order and number', () => {
    const fate: Fate = { kind: 'stop' };
    const replay = replayOf([{ call: aCall(), fate }]);

    expect(replay(aCall({ at: 99 }))).toEqual(fate);
    for (const other of [{ edge: 'table' }, { name: 'x/y' }, { orderId: 'ord_2' }, { nth: 1 }] as const) {
      expect(replay(aCall(other))).toBe(OK);
      expect(keyOf(aCall(other))).not.toBe(keyOf(aCall()));
    }
  });
});
