import fc from 'fast-check';
import { type Bucket, SLOTS } from '../../../lib/circuit-breaker/circuit-item';
import { bucketOf, failuresIn, MINUTE_MS, slotMsOf, slotsIn, trafficOf } from '../../../lib/circuit-breaker/window';

const WINDOW_MS = 10_000;
/** The beginning of a slot, and of a minute. */
const NOON = 1_700_000_040_000;

const slotsOf = (...buckets: Bucket[]): (Bucket | undefined)[] => {
  const slots: (Bucket | undefined)[] = new Array(SLOTS).fill(undefined);
  for (const bucket of buckets) slots[bucket.id % SLOTS] = bucket;
  return slots;
};
const failuresAt = (at: number, failures: number): Bucket => ({ id: bucketOf(at, 1_000), calls: failures, failures });

describe('a window', () => {
  it('has ten slots, which share it evenly', () => {
    expect([slotMsOf(10_000), slotMsOf(600_000), slotMsOf(1_000)]).toEqual([1_000, 60_000, 100]);
  });

  it.each([
    ['in its first moment', 0, 3],
    ['until its slot is the oldest of ten', 9_999, 3],
    ['no longer', 10_000, 0],
    ['nor after an hour without a call', 3_600_000, 0],
  ])('has a failure in it %s', (_, laterMs, failures) => {
    expect(failuresIn(slotsOf(failuresAt(NOON, 3)), NOON + laterMs, WINDOW_MS)).toBe(failures);
  });

  it('counts what a clock that is ahead has written as of now', () => {
    expect(failuresIn(slotsOf(failuresAt(NOON + 5_000, 3)), NOON, WINDOW_MS)).toBe(3);
  });

  it('passes over slots in which nothing was ever written', () => {
    expect(slotsIn(slotsOf(), NOON, WINDOW_MS)).toEqual([]);
  });

  it('has in it exactly what happened in the slots that it spans, whatever the gaps between', () => {
    const gaps = fc.array(fc.constantFrom(0, 1, 400, 999, 1_000, 3_700, 9_999, 10_000, 12_345, 3_600_000), {
      maxLength: 40,
    });

    fc.assert(
      fc.property(gaps, fc.nat(WINDOW_MS), (gapsMs, laterMs) => {
        const slots = slotsOf();
        const failedAt: number[] = [];
        let now = NOON;
        for (const gapMs of gapsMs) {
          now += gapMs;
          failedAt.push(now);
          const id = bucketOf(now, slotMsOf(WINDOW_MS));
          const slot = slots[id % SLOTS];
          slots[id % SLOTS] = { id, calls: 0, failures: slot?.id === id ? slot.failures + 1 : 1 };
        }
        now += laterMs;

        const begin = (bucketOf(now, 1_000) - 9) * 1_000;
        expect(failuresIn(slots, now, WINDOW_MS)).toBe(failedAt.filter((at) => at >= begin).length);
      }),
      { seed: 20261202, numRuns: 300 },
    );
  });
});

describe('the calls per second', () => {
  const minute = (back: number, calls: number): Bucket => ({
    id: bucketOf(NOON, MINUTE_MS) - back,
    calls,
    failures: 0,
  });

  it.each<[string, (Bucket | undefined)[], number, number, number?]>([
    ['are none where nothing was counted', [undefined, undefined], 0, 0],
    ['are those of the minute before, when this one begins', [minute(1, 600), undefined], 0, 10],
    [
      'are half those of the minute before and those of this one, in its middle',
      [minute(1, 600), minute(0, 90)],
      30_000,
      6.5,
    ],
    ['are those of this minute alone, when it ends', [minute(1, 600), minute(0, 120)], 59_999.999_999, 2],
    ['are those of this minute, in the first one of a circuit', [undefined, minute(0, 30)], 45_000, 30 / 45],
    ['are those since the circuit was made', [undefined, minute(0, 30)], 45_000, 2, NOON + 30_000],
    [
      'are as if a second had passed, in the first second of a circuit',
      [undefined, minute(0, 30)],
      45_000,
      30,
      NOON + 44_999,
    ],
    ['are none when the last minute was an hour ago', [minute(60, 600), minute(61, 600)], 30_000, 0],
    ['do not depend on the place of the minutes', [minute(0, 90), minute(1, 600)], 30_000, 6.5],
  ])('%s', (_, minutes, intoMs, perSecond, createdAt = 0) => {
    expect(trafficOf(minutes, NOON + intoMs, createdAt).perSecond).toBeCloseTo(perSecond, 6);
  });
});
