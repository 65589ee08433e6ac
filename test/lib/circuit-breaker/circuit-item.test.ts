import fc from 'fast-check';
import { type CircuitItem, ITEM_VERSION, REPORTERS, readItem, SLOTS } from '../../../lib/circuit-breaker/circuit-item';

const STORED = {
  v: ITEM_VERSION,
  state: 'OPEN',
  epoch: 1_700_000_000_001,
  openedAt: 1_700_000_000_000,
  closedAt: 1_600_000_000_000,
  until: 1_700_000_002_000,
  breaks: 2,
  leaseUntil: 1_700_000_012_000,
  fence: 7,
  probeSuccesses: 1,
};

describe('a stored circuit', () => {
  it('is read with all that it has', () => {
    const item = readItem({
      ...STORED,
      ...{ mode: 'isolated', s3: 1_700_000_003, c3: 12, f3: 4 },
      ...{ m1: 28_333_333, n1: 600, r0: 1_700_000_003, r15: 1_700_000_001 },
    });

    const { v: _, ...numbers } = STORED;
    expect(item).toMatchObject({ ...numbers, mode: 'isolated' });
    expect(item?.slots[3]).toEqual({ id: 1_700_000_003, calls: 12, failures: 4 });
    expect(item?.minutes).toEqual([undefined, { id: 28_333_333, calls: 600, failures: 0 }]);
    expect([item?.reporters[0], item?.reporters[1], item?.reporters[15]]).toEqual([
      1_700_000_003,
      undefined,
      1_700_000_001,
    ]);
    expect([item?.slots.length, item?.reporters.length]).toEqual([SLOTS, REPORTERS]);
  });

  it('may lack what it has never had: a mode, an opening, a closing, all counts', () => {
    const { openedAt: _, closedAt: __, ...young } = STORED;

    const item = readItem(young);

    expect(item).toMatchObject({ state: 'OPEN', epoch: STORED.epoch });
    expect([item?.mode, item?.openedAt, item?.closedAt]).toEqual([undefined, undefined, undefined]);
    expect(item?.slots.every((slot) => slot === undefined)).toBe(true);
  });

  it('may have attributes of others beside its own, such as an outbox and its time to live', () => {
    expect(readItem({ ...STORED, _out: { e1: '{}' }, _outSeq: 4, expiresAt: 1_700_600_000 })).toEqual(readItem(STORED));
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['an older version', { ...STORED, v: ITEM_VERSION - 1 }],
    ['a newer version', { ...STORED, v: ITEM_VERSION + 1 }],
    ['a version in text', { ...STORED, v: String(ITEM_VERSION) }],
    ['no version', { ...STORED, v: undefined }],
    ['a state that is not known', { ...STORED, state: 'HALF_OPEN' }],
    ['no state', { ...STORED, state: undefined }],
    ['a mode that is not known', { ...STORED, mode: 'auto' }],
    ['a mode of null', { ...STORED, mode: null }],
    ['an opening that is no instant', { ...STORED, openedAt: '2026-01-01' }],
    ['a closing before 1970', { ...STORED, closedAt: -1 }],
    ...['epoch', 'until', 'breaks', 'leaseUntil', 'fence', 'probeSuccesses'].flatMap((name): [string, object][] => [
      [`no ${name}`, { ...STORED, [name]: undefined }],
      [`a negative ${name}`, { ...STORED, [name]: -1 }],
      [`a text as ${name}`, { ...STORED, [name]: '1' }],
      [`an ${name} without end`, { ...STORED, [name]: Number.POSITIVE_INFINITY }],
      [`a ${name} that is no number`, { ...STORED, [name]: Number.NaN }],
    ]),
  ])('is not read when it has %s', (_, stored) => {
    expect(readItem(stored as Record<string, unknown>)).toBeUndefined();
  });

  it('loses a count that is broken, and keeps the rest', () => {
    const item = readItem({ ...STORED, s0: 'x', f0: 5, s1: 11, c1: null, f1: -3, r4: 'me' });

    expect(item?.slots.slice(0, 2)).toEqual([undefined, { id: 11, calls: 0, failures: 0 }]);
    expect(item?.reporters[4]).toBeUndefined();
  });

  it('never breaks its reader, whatever is in it, and never lets in what is no count', () => {
    const names = [...Object.keys(STORED), 'mode', 's0', 'c0', 'f0', 'm0', 'n0', 'r0'];
    const soiled = fc.dictionary(fc.constantFrom(...names), fc.anything());

    fc.assert(
      fc.property(soiled, (soil) => {
        const item = readItem({ ...STORED, ...soil });

        for (const value of numbersOf(item)) expect(value >= 0 && Number.isFinite(value)).toBe(true);
      }),
      { seed: 20261201, numRuns: 300 },
    );
  });
});

function numbersOf(item: CircuitItem | undefined): number[] {
  if (!item) return [];
  const { epoch, until, breaks, leaseUntil, fence, probeSuccesses, slots, minutes, reporters } = item;
  const buckets = [...slots, ...minutes].flatMap((bucket) => (bucket ? Object.values(bucket) : []));
  return [epoch, until, breaks, leaseUntil, fence, probeSuccesses, ...buckets, ...reporters.map((at) => at ?? 0)];
}
