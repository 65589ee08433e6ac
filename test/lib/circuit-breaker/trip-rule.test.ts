import { type Bucket, REPORTERS, SLOTS } from '../../../lib/circuit-breaker/circuit-item';
import { checkOptions } from '../../../lib/circuit-breaker/options';
import { type Counts, shouldTrip } from '../../../lib/circuit-breaker/trip-rule';
import { bucketOf, MINUTE_MS } from '../../../lib/circuit-breaker/window';

/** The beginning of a slot and the middle of a minute. */
const NOW = 1_700_000_070_000;
const RULE = checkOptions({});

type Slot = [back: number, calls: number, failures: number];

/** What was counted so many slots before now; and the calls of the minute before this one, and of this one. */
function counts(slots: Slot[], minutes: [before: number, current: number] = [0, 0], reporters: number[] = []): Counts {
  const at: (Bucket | undefined)[] = new Array(SLOTS).fill(undefined);
  for (const [back, calls, failures] of slots) {
    const id = bucketOf(NOW, 1_000) - back;
    at[id % SLOTS] = { id, calls, failures };
  }
  const minute = bucketOf(NOW, MINUTE_MS);
  return {
    slots: at,
    minutes: minutes.map((calls, index) => ({ id: minute - 1 + index, calls, failures: 0 })),
    reporters: Array.from({ length: REPORTERS }, (_, index) => reporters[index]),
    epoch: 0,
  };
}

describe('a circuit trips', () => {
  it.each<[string, Slot[]]>([
    ['at five failures out of five calls', [[0, 5, 5]]],
    ['at five failures in the whole of the window', [0, 2, 4, 6, 9].map((back): Slot => [back, 1, 1])],
    ['when half the calls of the window fail', [[0, 10, 5]]],
    [
      'when the last two slots are bad, though the eight before were good',
      [
        [1, 10, 3],
        [0, 10, 7],
        [5, 500, 0],
      ],
    ],
  ])('%s', (_, slots) => {
    expect(shouldTrip(counts(slots), RULE, NOW + 999)).toBe(true);
  });

  it.each<[string, Slot[]]>([
    ['at four failures', [[0, 4, 4]]],
    ['when less than half the calls fail', [[0, 11, 5]]],
    [
      'by what lies before its window',
      [
        [0, 4, 4],
        [10, 1, 1],
      ],
    ],
    ['when nothing was counted', []],
  ])('never %s', (_, slots) => {
    expect(shouldTrip(counts(slots), RULE, NOW + 999)).toBe(false);
  });

  it.each<[string, boolean, number, [number, number]]>([
    ['the half of the calls that a busy minute makes in two seconds', true, 20, [1_200, 600]],
    ['too small a part of them', false, 10, [1_200, 600]],
    ['few, and the minute is quiet', true, 5, [6, 3]],
  ])('by calls that are spread over the minute: failures are %s', (_, trips, failures, minutes) => {
    // The samples tell of the failures alone: a success was too rarely told to be among them.
    expect(shouldTrip(counts([[0, failures, failures]], minutes), RULE, NOW + 999)).toBe(trips);
  });

  it('by no fewer calls than half of those that a sudden crowd has told of', () => {
    const crowd: Slot[] = [
      [1, 400, 50],
      [0, 400, 50],
    ];

    expect(shouldTrip(counts(crowd, [60, 60]), RULE, NOW + 999)).toBe(false);
  });

  it.each([
    ['two have', [0, 0], false],
    ['three have', [0, 3, 9], true],
    ['a third has, but not in this window', [0, 3, 10], false],
  ])('only when as many instances as are asked for have seen a failure: %s', (_, backs, trips) => {
    const seen = backs.map((back) => bucketOf(NOW, 1_000) - back);

    expect(shouldTrip(counts([[0, 9, 9]], [0, 0], seen), { ...RULE, minimumReporters: 3 }, NOW)).toBe(trips);
  });

  it('whoever has seen the failures, when nobody asks', () => {
    expect(shouldTrip(counts([[0, 9, 9]]), RULE, NOW)).toBe(true);
  });

  it('at five failures and a break of a minute, as one may expect of a circuit breaker', () => {
    const rule = checkOptions({ failureThreshold: 5, breakDurationSeconds: 60 });

    expect(shouldTrip(counts([[0, 4, 4]]), rule, NOW)).toBe(false);
    expect(shouldTrip(counts([[0, 5, 5]]), rule, NOW)).toBe(true);
  });
});
