import { Deadline, DeadlineError, deadlineOf } from '../../../lib/resilience/deadline';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const context = (remainingMs: number) => ({ getRemainingTimeInMillis: () => remainingMs });

describe('a deadline', () => {
  it.each([
    ['the time of the function, less half a second', { context: context(10_000) }, 9_500],
    [
      'the time of the function, less a margin that was asked for',
      { context: context(10_000), marginMs: 2_000 },
      8_000,
    ],
    ['the instant of the command', { notAfter: '2026-03-01T12:00:03.000Z' }, 3_000],
    ['the instant of the command in epoch milliseconds', { notAfter: NOW + 3_000 }, 3_000],
    ['the command, where it ends first', { context: context(10_000), notAfter: NOW + 3_000 }, 3_000],
    ['the function, where it ends first', { context: context(10_000), notAfter: NOW + 60_000 }, 9_500],
    ['never, where nothing ends', {}, Number.POSITIVE_INFINITY],
  ])('is %s', (_, limits, remainingMs) => {
    expect(deadlineOf(limits, NOW).remainingMs(NOW)).toBe(remainingMs);
  });

  it.each([
    ['has come', { notAfter: NOW }],
    ['has passed long ago', { notAfter: '1999-01-01T00:00:00.000Z' }],
    ['cannot be read', { notAfter: 'soon' }],
    ['cannot be read, though the function has time', { context: context(10_000), notAfter: '' }],
    ['is not a number', { notAfter: Number.NaN }],
    ['lies in the margin', { context: context(400) }],
  ])('leaves nothing, and never less than nothing, when its instant %s', (_, limits) => {
    expect(deadlineOf(limits, NOW).remainingMs(NOW)).toBe(0);
  });

  it('melts with the clock, and does not run over when a process wakes hours later', () => {
    const deadline = deadlineOf({ context: context(10_500) }, NOW);

    expect(deadline.remainingMs(NOW + 4_000)).toBe(6_000);
    expect(deadline.remainingMs(NOW + 6 * 3_600_000)).toBe(0);
  });

  it.each([-1, 60_001, Number.NaN])('refuses a margin of %s', (marginMs) => {
    expect(() => deadlineOf({ context: context(1), marginMs }, NOW)).toThrow(
      `marginMs must be a number from 0 to 60000, got ${marginMs}`,
    );
  });
});

describe('the error of a deadline', () => {
  it('says when the time was over, has a name of its own, and may be tried again in another invocation', () => {
    const error = new DeadlineError(NOW);

    expect(error).toMatchObject({ name: 'DeadlineError', code: 'SERVICE_UNAVAILABLE', status: 503, retryable: true });
    expect(error.message).toBe('no time is left for the call, it had to end by 2026-03-01T12:00:00.000Z');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300])(
    'can be made of the instant %s, which no date can show',
    (endsAt) => {
      expect(new DeadlineError(new Deadline(endsAt).endsAt).message).toBe('no time is left for the call');
    },
  );
});
