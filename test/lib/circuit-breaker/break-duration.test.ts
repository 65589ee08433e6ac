import { breakDuration, nextBreaks, rampShare } from '../../../lib/circuit-breaker/break-duration';

const SETTINGS = { breakMs: 2_000, maxBreakMs: 10_000, windowMs: 10_000 };
const NOW = 1_700_000_000_000;

describe('a break', () => {
  it.each([
    [1, 2_000],
    [2, 4_000],
    [3, 8_000],
    [4, 10_000],
    [5, 10_000],
    [10_000, 10_000],
  ])('that is number %i in a row takes %i ms, a tenth more or less', (breaks, ms) => {
    expect(breakDuration(SETTINGS, breaks, 0.5)).toBe(ms);
    expect(breakDuration(SETTINGS, breaks, 0)).toBe(ms * 0.9);
    expect(breakDuration(SETTINGS, breaks, 0.999_999)).toBe(ms * 1.1);
  });

  it.each<[string, number, { breaks: number; closedAt?: number }]>([
    ['begins anew in a circuit that was never closed', 1, { breaks: 0 }],
    ['goes on where it was, shortly after closing', 4, { breaks: 3, closedAt: NOW - 19_999 }],
    ['begins anew when it was closed for longer than a break and a window', 1, { breaks: 3, closedAt: NOW - 20_000 }],
    ['goes on when it was closed by a clock that is ahead', 4, { breaks: 3, closedAt: NOW + 15_000 }],
  ])('%s', (_, breaks, circuit) => {
    expect(nextBreaks(SETTINGS, circuit, NOW)).toBe(breaks);
  });
});

describe('after closing', () => {
  it.each([
    [0, 0.2],
    [500, 0.4],
    [1_000, 0.6],
    [1_999, 0.9996],
    [2_000, 1],
    [3_600_000, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])('after %d ms, the share of calls that are let through is %d', (sinceMs, share) => {
    expect(rampShare(sinceMs, 2_000)).toBeCloseTo(share, 6);
  });

  it('all calls are let through at once where there is no ramp', () => {
    expect(rampShare(0, 0)).toBe(1);
  });

  it('by a clock that is behind, it is as if it had closed now', () => {
    expect(rampShare(-15_000, 2_000)).toBe(0.2);
  });
});
