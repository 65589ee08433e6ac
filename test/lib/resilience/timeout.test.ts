import { Deadline, DeadlineError } from '../../../lib/resilience/deadline';
import { type LimitedWork, Timeout, TimeoutError } from '../../../lib/resilience/timeout';
import { type ManualClock, manualClock } from '../../support/manual-clock';

/** A clock that knows how many of its timers are running. */
function countingClock() {
  const clock = manualClock(0);
  let running = 0;
  return {
    ...clock,
    after(delayMs: number, action: () => void) {
      running += 1;
      let isOver = false;
      const end = () => {
        if (!isOver) running -= 1;
        isOver = true;
      };
      const cancel = clock.after(delayMs, () => {
        end();
        action();
      });
      return () => {
        end();
        cancel();
      };
    },
    running: () => running,
  } satisfies ManualClock & { running(): number };
}

/** Work that ends when it is told to, or when it is aborted. */
function openWork() {
  let end = (_: { answer: string } | { error: unknown }) => {};
  let signal: AbortSignal | undefined;
  const work: LimitedWork<string> = (call) => {
    signal = call.signal;
    return new Promise((resolve, reject) => {
      end = (how) => ('answer' in how ? resolve(how.answer) : reject(how.error));
    });
  };
  return { work, end: (how: Parameters<typeof end>[0]) => end(how), signal: () => signal as AbortSignal };
}

describe('a time limit', () => {
  it('answers what is answered in time, stops its timer, and aborts nothing', async () => {
    const clock = countingClock();
    const { work, end, signal } = openWork();
    const answer = new Timeout(1_000, clock).execute(work);

    await clock.advance(999);
    end({ answer: 'done' });

    await expect(answer).resolves.toBe('done');
    expect(clock.running()).toBe(0);
    await clock.advance(10_000);
    expect(signal().aborted).toBe(false);
  });

  it('throws a TimeoutError and aborts the call when its time is over', async () => {
    const clock = countingClock();
    const { work, signal } = openWork();
    const answer = new Timeout(1_000, clock).execute(work).catch((error) => error);

    await clock.advance(1_000);

    expect(await answer).toMatchObject({
      name: 'TimeoutError',
      code: 'TIMEOUT',
      message: 'no answer within 1000 ms',
      limitMs: 1_000,
      isCutShort: false,
    });
    expect(signal().aborted).toBe(true);
    expect(signal().reason).toBe(await answer);
    expect(clock.running()).toBe(0);
  });

  it('throws its own error, not the one that the aborted call throws', async () => {
    const clock = manualClock(0);
    const answer = new Timeout(1_000, clock)
      .execute(
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')));
          }),
      )
      .catch((error) => error);

    await clock.advance(1_000);

    expect(await answer).toBeInstanceOf(TimeoutError);
  });

  it.each([{ answer: 'too late' }, { error: new Error('too late') }, { error: undefined }])(
    'drops %p that comes afterwards, and leaves no rejection unhandled',
    async (late) => {
      const unhandled: unknown[] = [];
      const listen = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', listen);
      const clock = manualClock(0);
      const { work, end } = openWork();
      const answer = new Timeout(1_000, clock).execute(work).catch((error) => error);
      await clock.advance(1_000);

      end(late);
      await clock.advance(0);
      process.off('unhandledRejection', listen);

      expect(await answer).toBeInstanceOf(TimeoutError);
      expect(unhandled).toEqual([]);
    },
  );

  it.each(['a string', undefined, new Error('boom')])('throws on %p, and stops its timer', async (thrown) => {
    const clock = countingClock();
    const timeout = new Timeout(1_000, clock);
    const throwing = () => {
      throw thrown;
    };

    await expect(timeout.execute(() => Promise.reject(thrown))).rejects.toBe(thrown);
    await expect(timeout.execute(throwing)).rejects.toBe(thrown);
    expect(clock.running()).toBe(0);
  });

  it('keeps 200 overlapping calls apart', async () => {
    const clock = countingClock();
    const timeout = new Timeout(1_000, clock);
    const calls = Array.from({ length: 200 }, openWork);
    const answers = calls.map(({ work }) => timeout.execute(work).catch((error) => error.name));
    await clock.advance(500);
    for (const [index, { end }] of calls.entries()) if (index % 2 === 0) end({ answer: `call ${index}` });

    await clock.advance(500);

    expect(await Promise.all(answers)).toEqual(
      calls.map((_, index) => (index % 2 === 0 ? `call ${index}` : 'TimeoutError')),
    );
    expect(calls.filter(({ signal }) => signal().aborted)).toHaveLength(100);
    expect(clock.running()).toBe(0);
  });

  it('gives up a call of a process that was frozen and wakes hours later', async () => {
    const clock = manualClock(0);
    const { work, end } = openWork();
    const answer = new Timeout(1_000, clock).execute(work).catch((error) => error);

    await clock.advance(6 * 3_600_000);
    end({ answer: 'from a connection that is long gone' });

    expect(await answer).toBeInstanceOf(TimeoutError);
  });

  it.each([0, -1, 900_001, Number.NaN, Number.POSITIVE_INFINITY])('refuses a limit of %s ms', (timeoutMs) => {
    expect(() => new Timeout(timeoutMs)).toThrow(`timeoutMs must be a number from 1 to 900000, got ${timeoutMs}`);
  });

  it('ends by the computer clock where no other is given', async () => {
    const answer = new Timeout(1).execute(() => new Promise(() => {}));

    await expect(answer).rejects.toThrow('no answer within 1 ms');
  });
});

describe('a time limit and a deadline', () => {
  it.each([
    ['what the deadline leaves, where that is less', 400, 400, true],
    ['its own, where the deadline leaves more', 5_000, 1_000, false],
    ['its own, where the deadline never comes', Number.POSITIVE_INFINITY, 1_000, false],
  ])('is %s', async (_, endsAt, limitMs, isCutShort) => {
    const clock = manualClock(0);
    const { work } = openWork();
    const answer = new Timeout(1_000, clock).execute(work, new Deadline(endsAt)).catch((error) => error);

    await clock.advance(10_000);

    expect(await answer).toMatchObject({ name: 'TimeoutError', limitMs, isCutShort });
  });

  it('does not even start what has no time left', async () => {
    const work = jest.fn();

    await expect(new Timeout(1_000, manualClock(5)).execute(work, new Deadline(5))).rejects.toThrow(DeadlineError);
    expect(work).not.toHaveBeenCalled();
  });
});
