import fc from 'fast-check';
import { CircuitOpenError } from '../../../lib/circuit-breaker/circuit-errors';
import { InvalidCommandError } from '../../../lib/errors/saga-errors';
import { BulkheadFullError } from '../../../lib/resilience/bulkhead';
import { Deadline, DeadlineError } from '../../../lib/resilience/deadline';
import { isWorthARetry, Retry, type RetryOptions } from '../../../lib/resilience/retry';
import { RetryBudget } from '../../../lib/resilience/retry-budget';
import { TimeoutError } from '../../../lib/resilience/timeout';
import { manualClock } from '../../support/manual-clock';

const HOUR_MS = 3_600_000;

/** Attempts that throw what is listed, one after the other, and then answer `done`; `at` is when each was made, from 0. */
function world(throws: readonly unknown[], options: RetryOptions = {}, random: () => number = () => 0.5) {
  const clock = manualClock(0);
  const at: number[] = [];
  const attempt = async () => {
    at.push(clock.now());
    if (at.length <= throws.length) throw throws[at.length - 1];
    return 'done';
  };
  return { clock, at, attempt, retry: new Retry(options, { clock, random }) };
}

const boom = new Error('boom');

describe('a retry', () => {
  it('does nothing to a call that succeeds', async () => {
    const { retry, attempt, at } = world([]);

    await expect(retry.execute(attempt)).resolves.toBe('done');
    expect(at).toEqual([0]);
  });

  it('repeats after a random part of a wait that doubles up to its cap', async () => {
    const { retry, attempt, at, clock } = world([boom, boom, boom, boom], {
      maxAttempts: 5,
      baseDelayMs: 100,
      maxDelayMs: 300,
    });
    const answer = retry.execute(attempt);

    await clock.advance(10_000);

    await expect(answer).resolves.toBe('done');
    expect(at).toEqual([0, 50, 150, 300, 450]);
  });

  it('gives up after its attempts, with what the last one threw', async () => {
    const last = new Error('the third');
    const { retry, attempt, at, clock } = world([boom, boom, last, boom]);
    const answer = retry.execute(attempt).catch((error) => error);

    await clock.advance(1_000);

    expect(await answer).toBe(last);
    expect(at).toHaveLength(3);
  });

  it.each(['a string', undefined, null, 0, { a: 1 }])('repeats and throws on %p, which is no error', async (thrown) => {
    const { retry, attempt, at, clock } = world([thrown, thrown, thrown]);
    const answer = retry.execute(attempt).catch((error) => ({ thrown: error }));

    await clock.advance(1_000);

    expect(await answer).toEqual({ thrown });
    expect(at).toHaveLength(3);
  });

  it('does not come back before an error has asked it to, and spreads those that were told the same', async () => {
    const open = new CircuitOpenError('carrier', 'open', 2_000);
    const { retry, attempt, at, clock } = world([open], { baseDelayMs: 100 });
    const answer = retry.execute(attempt);

    await clock.advance(5_000);

    await expect(answer).resolves.toBe('done');
    expect(at).toEqual([0, 2_050]);
  });

  it('does not wait longer than it may for who asks it to come back late', async () => {
    const open = new CircuitOpenError('carrier', 'open', 10_001);

    const { retry, attempt, at } = world([open]);

    await expect(retry.execute(attempt)).rejects.toBe(open);
    expect(at).toEqual([0]);
  });

  it('repeats only what it is told is worth it', async () => {
    const { retry, attempt, at } = world([boom], { isRetryable: (error) => error !== boom });

    await expect(retry.execute(attempt)).rejects.toBe(boom);
    expect(at).toEqual([0]);
  });

  it('waits within bounds, and in the deadline, whatever is drawn', async () => {
    const draws = fc.record({
      random: fc.double({ min: 0, max: 0.999999, noNaN: true }),
      baseDelayMs: fc.integer({ min: 1, max: 1_000 }),
      growth: fc.integer({ min: 0, max: 5_000 }),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined }),
      leftMs: fc.integer({ min: 1, max: 10_000 }),
    });
    await fc.assert(
      fc.asyncProperty(draws, async ({ random, baseDelayMs, growth, retryAfterMs, leftMs }) => {
        const maxDelayMs = baseDelayMs + growth;
        const error = Object.assign(new Error('boom'), { retryAfterMs });
        const { retry, attempt, at, clock } = world(
          Array(9).fill(error),
          { maxAttempts: 10, baseDelayMs, maxDelayMs },
          () => random,
        );
        const answer = retry.execute(attempt, new Deadline(leftMs)).catch(() => undefined);
        await clock.advance(HOUR_MS);
        await answer;
        for (const [index, sentAt] of at.entries()) {
          expect(sentAt).toBeLessThan(leftMs);
          if (index === 0) continue;
          const waitedMs = sentAt - (at[index - 1] as number);
          expect(waitedMs).toBeGreaterThanOrEqual((retryAfterMs ?? 0) - 1e-6);
          expect(waitedMs).toBeLessThanOrEqual(
            (retryAfterMs ?? 0) + Math.min(baseDelayMs * 2 ** (index - 1), maxDelayMs) + 1e-6,
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ maxAttempts: 0 }, 'maxAttempts must be an integer from 1 to 10, got 0'],
    [{ maxAttempts: 2.5 }, 'maxAttempts must be an integer from 1 to 10, got 2.5'],
    [{ baseDelayMs: 0 }, 'baseDelayMs must be a number from 1 to 60000, got 0'],
    [{ baseDelayMs: 100, maxDelayMs: 50 }, 'maxDelayMs must be a number from 100 to 60000, got 50'],
    [{ maxRetryAfterMs: Number.NaN }, 'maxRetryAfterMs must be a number from 0 to 900000, got NaN'],
  ])('refuses %j', (options, message) => {
    expect(() => new Retry(options)).toThrow(message);
  });
});

describe('a retry with a deadline', () => {
  it('does not begin a wait that would reach to it', async () => {
    const { retry, attempt, at } = world([boom], { baseDelayMs: 100 });

    await expect(retry.execute(attempt, new Deadline(50))).rejects.toBe(boom);
    expect(at).toEqual([0]);
  });

  it('sends nothing, and pays nothing, when the process was frozen in the wait and wakes hours later', async () => {
    const budget = new RetryBudget();
    const { attempt, at, clock } = world([boom]);
    // The clock has jumped before the timer rings.
    const frozen = { ...clock, now: () => clock.now() + (clock.now() > 0 ? 6 * HOUR_MS : 0) };
    const retry = new Retry({ budget }, { clock: frozen, random: () => 0.5 });
    const answer = retry.execute(attempt, new Deadline(10_000)).catch((error) => error);

    await clock.advance(1_000);

    expect(await answer).toBe(boom);
    expect(at).toEqual([0]);
    expect(budget.tokens).toBe(500);
  });
});

describe('the budget of a retry', () => {
  it('bounds the retries of 200 overlapping calls, and of calls by other retries that share it', async () => {
    const budget = new RetryBudget({ capacity: 50, retryCost: 5 });
    const clock = manualClock(0);
    let sent = 0;
    const attempt = async () => {
      sent += 1;
      throw boom;
    };
    const retries = [1, 2].map(() => new Retry({ budget }, { clock, random: () => 0.5 }));
    const answers = Array.from({ length: 200 }, (_, call) =>
      (retries[call % 2] as Retry).execute(attempt).catch((error) => error),
    );

    await clock.advance(10_000);

    expect(new Set(await Promise.all(answers))).toEqual(new Set([boom]));
    expect(sent).toBe(200 + 10);
    expect(budget.tokens).toBe(0);
  });

  it('is charged when the wait is over, so that a wait has taken nothing', async () => {
    const budget = new RetryBudget();
    const { clock, attempt } = world([boom, boom, boom], {});
    const retry = new Retry({ budget, baseDelayMs: 1_000 }, { clock, random: () => 0.5 });
    const answer = retry.execute(attempt).catch((error) => error);

    await clock.advance(499);
    expect(budget.tokens).toBe(500);

    await clock.advance(1);
    expect(budget.tokens).toBe(500 - 14);

    await clock.advance(10_000);
    expect(await answer).toBe(boom);
    expect(budget.tokens).toBe(500 - 28);
  });

  it('is not waited for when it is empty', async () => {
    const budget = new RetryBudget({ capacity: 14 });
    budget.takeRetry();
    const { retry, attempt } = world([boom], { budget });

    await expect(retry.execute(attempt)).rejects.toBe(boom);
  });

  it('has back what a retry cost that has succeeded', async () => {
    const budget = new RetryBudget();
    const { retry, attempt, clock } = world([boom, boom], { budget });
    const answer = retry.execute(attempt);

    await clock.advance(1_000);

    await answer;
    expect(budget.tokens).toBe(500 - 14);
  });
});

describe('what a retry tells when it gives up', () => {
  const timeout = new TimeoutError(5_000, false);
  const open = new CircuitOpenError('carrier', 'open', 10);
  const isolated = new CircuitOpenError('carrier', 'isolated');

  it.each([
    ['the refusal, when nothing was ever sent', [open, open, open], open],
    ['the lost call, though the circuit has refused the repeat', [timeout, isolated], timeout],
    ['the lost call, though no time was left for the repeat', [timeout, new DeadlineError(0)], timeout],
    ['the lost call, though there was no place for the repeat', [timeout, new BulkheadFullError(1, 0)], timeout],
    ['the later of two that were sent', [boom, timeout, isolated], timeout],
    ['something thrown that is no error, when that was sent', [undefined, isolated], undefined],
  ])('is %s', async (_, throws, told) => {
    const { retry, attempt, clock } = world(throws);
    const answer = retry.execute(attempt).then(
      () => 'answered',
      (error) => ({ error }),
    );

    await clock.advance(10_000);

    expect(await answer).toEqual({ error: told });
  });
});

describe('whether a repeat has any prospect', () => {
  it.each([
    ['a plain error', boom, true],
    ['no error at all', undefined, true],
    ['a timeout', new TimeoutError(5, false), true],
    ['a circuit that says when', new CircuitOpenError('carrier', 'open', 0), true],
    ['a circuit that an operator keeps open', new CircuitOpenError('carrier', 'isolated'), false],
    ['no time left', new DeadlineError(0), false],
    ['no place', new BulkheadFullError(1, 0), false],
    ['an error that will be the same again', new InvalidCommandError('Step', 'is not'), false],
  ])('of %s: %s is %s', (_, error, isWorth) => {
    expect(isWorthARetry(error)).toBe(isWorth);
  });
});
