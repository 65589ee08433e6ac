import { type CallFate, callFaults } from './controls/call-faults';
import { compareWithField, formatComparison, perMillion } from './controls/compare-with-field';
import { type FieldMachine, fieldMachines } from './controls/field-machines';
import { FIELD_TOTAL_CENTS, type FieldOrder } from './controls/naive-shop';
import { rateOfOurs } from './controls/rate-of-ours';
import { type FieldEnding, findFieldFaults, runFieldMachine } from './controls/run-field-machine';

const OK: CallFate = { kind: 'ok' };
const LOST: CallFate = { kind: 'error-after', error: 'Lambda.ServiceException' };
const FAILED: CallFate = { kind: 'error-before', error: 'Lambda.ServiceException' };
const machine = (letter: string) => fieldMachines.find((each) => each.letter === letter) as FieldMachine;

/** One order, of which the first call of `step` meets `fate`. */
const runOne = (letter: string, step: string, fate: CallFate, times = 1) =>
  runFieldMachine(machine(letter), 1, ({ name, nth }) => (name === step && nth < times ? fate : OK));

describe('a published kind of saga', () => {
  it.each(fieldMachines)('keeps its books while nothing fails: $letter, $title', async (each) => {
    const run = await runFieldMachine(each, 300, () => OK);

    expect(run).toEqual({
      orders: 300,
      faults: 0,
      violated: 0,
      byRule: { money: 0, stock: 0, shipment: 0, stuck: 0 },
    });
  });

  it.each(fieldMachines)('keeps them when a call fails before it takes effect: $letter, $title', async ({ letter }) => {
    for (const step of ['ReserveStock', 'ChargePayment', 'CreateShipment']) {
      expect(await runOne(letter, step, FAILED, 6)).toMatchObject({ violated: 0 });
    }
  });

  it.each([
    ['A', 'ReserveStock', 'stock'],
    ['A', 'ChargePayment', 'money'],
    ['A', 'CreateShipment', 'shipment'],
    ['B', 'ReserveStock', 'stock'],
    ['B', 'ChargePayment', 'money'],
    ['B', 'CreateShipment', 'shipment'],
    ['C', 'ReserveStock', 'stock'],
    ['C', 'ChargePayment', 'money'],
  ])('%s breaks its books when the reply of %s is lost: %s', async (letter, step, rule) => {
    const { byRule, violated } = await runOne(letter, step, LOST);

    expect(violated).toBe(1);
    expect(byRule).toEqual({ money: 0, stock: 0, shipment: 0, stuck: 0, [rule]: 1 });
  });

  it('stays half undone when an undo fails, and nobody takes it up again', async () => {
    const fails = new Set(['CreateShipment', 'RefundPayment']);
    const run = await runFieldMachine(machine('A'), 1, ({ name }) => (fails.has(name) ? FAILED : OK));

    expect(run.byRule).toEqual({ money: 1, stock: 1, shipment: 0, stuck: 1 });
  });

  it('breaks about as many orders as a model of the samples said', async () => {
    const rows = await compareWithField(1, [{ p: 0.05, orders: 1000 }]);

    for (const { rates, modelled } of rows) {
      const share = perMillion(rates[0] as (typeof rates)[0]) / (modelled['0.05'] as number);
      expect(share).toBeGreaterThan(0.7);
      expect(share).toBeLessThan(1.3);
    }
  }, 120_000);

  it('breaks the same orders with the same seed', async () => {
    const [first, again, other] = [1, 1, 2].map((seed) => runFieldMachine(machine('A'), 300, callFaults(0.05, seed)));

    expect(await again).toEqual(await first);
    expect(await other).not.toEqual(await first);
  });
});

describe('this system', () => {
  it('breaks no order under the same faults', async () => {
    const { rates } = await rateOfOurs(1, [{ p: 0.05, orders: 60 }]);

    expect(rates).toEqual([{ p: 0.05, orders: 60, faults: expect.any(Number), violated: 0 }]);
    expect(rates[0]?.faults).toBeGreaterThan(10);
  }, 120_000);
});

describe('the books of a published saga', () => {
  const whole: FieldOrder = {
    charges: new Map([['c', FIELD_TOTAL_CENTS]]),
    captures: 1,
    reserved: 1,
    isShipped: true,
  };
  const none: FieldOrder = { charges: new Map(), captures: 1, reserved: 0, isShipped: false };

  it.each<[string, FieldOrder, FieldEnding, string[]]>([
    ['are whole when confirmed', whole, 'confirmed', []],
    ['are empty when undone', none, 'undone', []],
    ['keep nothing of an undone order', whole, 'undone', ['money', 'stock', 'shipment']],
    ['lack nothing of a confirmed one', none, 'confirmed', ['money', 'stock', 'shipment']],
    ['are charged once', { ...none, captures: 2 }, 'undone', ['money']],
    ['give back no more than was reserved', { ...none, reserved: -1 }, 'undone', ['stock']],
    ['are not left half undone', none, 'half undone', ['stuck']],
  ])('%s', (_, order, ending, broken) => {
    expect(findFieldFaults(order, ending)).toEqual(broken);
  });
});

describe('the faults of calls', () => {
  it('strike at the rate they are told, half before and half after the effect', () => {
    const injector = callFaults(0.1, 3);
    const call = { edge: 'lambda', phase: 'forward', name: 'ChargePayment', nth: 0, at: 0 } as const;
    const kinds = Array.from({ length: 20_000 }, (_, nth) => injector({ ...call, nth }).kind);
    const share = (kind: string) => kinds.filter((each) => each === kind).length / kinds.length;

    expect(share('error-before')).toBeCloseTo(0.05, 2);
    expect(share('error-after')).toBeCloseTo(0.05, 2);
    expect(injector(call)).toEqual(injector(call));
  });
});

describe('the comparison', () => {
  it('is printed per million orders, beside what was expected', () => {
    const rate = { p: 0.01, orders: 2000, faults: 60, violated: 29 };
    const lines = formatComparison([{ letter: 'A', title: 'a title', modelled: { '0.01': 14_650 }, rates: [rate] }]);

    expect(lines[1]).toMatch(/p = 1 %$/);
    expect(lines[2]).toMatch(/^A {2}a title +14,500 \(14,650\)$/);
  });
});
