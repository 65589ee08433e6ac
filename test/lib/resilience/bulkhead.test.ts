import fc from 'fast-check';
import { Bulkhead, BulkheadFullError } from '../../../lib/resilience/bulkhead';
import { Deadline, DeadlineError } from '../../../lib/resilience/deadline';
import { manualClock } from '../../support/manual-clock';

/** Calls that run until they are told to end. */
function calls() {
  const ends: Array<() => void> = [];
  const started: string[] = [];
  let running = 0;
  let most = 0;
  const call = (name: string) => async () => {
    started.push(name);
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
    return name;
  };
  return { call, started, endOne: () => ends.shift()?.(), most: () => most };
}

describe('a bulkhead', () => {
  it('runs as many as it may, lets the rest wait in their order, and refuses what finds no place to wait', async () => {
    const clock = manualClock(0);
    const bulkhead = new Bulkhead({ maxConcurrent: 2, maxQueued: 2 }, clock);
    const { call, started, endOne } = calls();
    const names = ['a', 'b', 'c', 'd', 'e'];
    const answers = names.map((name) => bulkhead.execute(call(name)).catch((error) => error));

    await clock.advance(0);
    expect(started).toEqual(['a', 'b']);
    expect(await answers[4]).toBeInstanceOf(BulkheadFullError);
    expect((await answers[4]).message).toBe('2 calls are running and 2 are waiting: no more may');

    for (let turn = 0; turn < 4; turn += 1) {
      endOne();
      await clock.advance(0);
    }
    expect(await Promise.all(answers.slice(0, 4))).toEqual(['a', 'b', 'c', 'd']);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets nobody wait unless told', async () => {
    const bulkhead = new Bulkhead({ maxConcurrent: 1 });
    const { call, endOne } = calls();
    const first = bulkhead.execute(call('a'));

    await expect(bulkhead.execute(call('b'))).rejects.toBeInstanceOf(BulkheadFullError);
    endOne();
    await expect(first).resolves.toBe('a');
  });

  it.each([
    ['rejects', () => Promise.reject('a string')],
    [
      'throws at once',
      () => {
        throw 'a string';
      },
    ],
  ])('has the place back of a call that %s, with what it threw', async (_, failing) => {
    const bulkhead = new Bulkhead({ maxConcurrent: 1 });

    for (let call = 0; call < 3; call += 1) await expect(bulkhead.execute(failing)).rejects.toBe('a string');
    await expect(bulkhead.execute(async () => 'done')).resolves.toBe('done');
  });

  it('takes 200 overlapping calls, four at once', async () => {
    const clock = manualClock(0);
    const bulkhead = new Bulkhead({ maxConcurrent: 4, maxQueued: 196 }, clock);
    const { call, endOne, most } = calls();
    const answers = Array.from({ length: 200 }, (_, index) => bulkhead.execute(call(String(index))));

    for (let turn = 0; turn < 200; turn += 1) {
      endOne();
      await clock.advance(0);
    }

    expect(await Promise.all(answers)).toEqual(answers.map((_, index) => String(index)));
    expect(most()).toBe(4);
  });

  it('never runs more than it may, and leaves no place unused while somebody waits, in whatever order things happen', async () => {
    const sizes = fc.record({ maxConcurrent: fc.integer({ min: 1, max: 4 }), maxQueued: fc.nat(4) });
    const events = fc.array(
      fc.oneof(
        fc.constant('end' as const),
        fc.record({ waitsUntilMs: fc.constantFrom(Number.POSITIVE_INFINITY, 5, 20) }),
        fc.record({ passesMs: fc.integer({ min: 1, max: 10 }) }),
      ),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(sizes, events, async ({ maxConcurrent, maxQueued }, happened) => {
        const clock = manualClock(0);
        const bulkhead = new Bulkhead({ maxConcurrent, maxQueued }, clock);
        const ends: Array<() => void> = [];
        let running = 0;
        let waiting = 0;
        const work = async () => {
          running += 1;
          waiting -= 1;
          expect(running).toBeLessThanOrEqual(maxConcurrent);
          await new Promise<void>((resolve) => ends.push(resolve));
          running -= 1;
        };
        const begin = (deadline: Deadline) => {
          waiting += 1;
          return bulkhead.execute(work, deadline).catch((error) => {
            expect(['BulkheadFullError', 'DeadlineError']).toContain(error.name);
            waiting -= 1;
          });
        };
        const answers: Promise<void>[] = [];
        for (const event of happened) {
          if (event === 'end') ends.shift()?.();
          else if ('passesMs' in event) await clock.advance(event.passesMs);
          else answers.push(begin(new Deadline(clock.now() + event.waitsUntilMs)));
          await clock.advance(0);
          expect(waiting).toBeLessThanOrEqual(maxQueued);
          if (waiting > 0) expect(running).toBe(maxConcurrent);
        }
        while (running > 0) {
          ends.shift()?.();
          await clock.advance(0);
        }
        await Promise.all(answers);
        expect(waiting).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [{ maxConcurrent: 0 }, 'maxConcurrent must be an integer from 1 to 10000, got 0'],
    [{ maxConcurrent: 1.5 }, 'maxConcurrent must be an integer from 1 to 10000, got 1.5'],
    [{ maxConcurrent: 1, maxQueued: -1 }, 'maxQueued must be an integer from 0 to 10000, got -1'],
  ])('refuses %j', (options, message) => {
    expect(() => new Bulkhead(options)).toThrow(message);
  });
});

describe('a bulkhead with a deadline', () => {
  it('lets nobody wait beyond it, and gives the place in the queue to the next', async () => {
    const clock = manualClock(0);
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueued: 1 }, clock);
    const { call, endOne, started } = calls();
    const first = bulkhead.execute(call('a'));
    const second = bulkhead.execute(call('b'), new Deadline(100)).catch((error) => error);

    await clock.advance(100);
    expect(await second).toBeInstanceOf(DeadlineError);

    const third = bulkhead.execute(call('c'), new Deadline(1_000));
    endOne();
    await clock.advance(0);
    endOne();
    await expect(Promise.all([first, third])).resolves.toEqual(['a', 'c']);
    expect(started).toEqual(['a', 'c']);
  });

  it('leaves no timer behind when the turn of a call comes', async () => {
    const clock = manualClock(0);
    let timers = 0;
    const after = (delayMs: number, action: () => void) => {
      timers += 1;
      const cancel = clock.after(delayMs, action);
      return () => {
        timers -= 1;
        cancel();
      };
    };
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueued: 1 }, { ...clock, after });
    const { call, endOne } = calls();
    const answers = [bulkhead.execute(call('a')), bulkhead.execute(call('b'), new Deadline(100))];
    expect(timers).toBe(1);

    endOne();
    await clock.advance(0);
    expect(timers).toBe(0);

    endOne();
    await expect(Promise.all(answers)).resolves.toEqual(['a', 'b']);
  });

  it('hands the place on when the process was frozen and the turn of a call comes hours after its deadline', async () => {
    const clock = manualClock(0);
    let frozenMs = 0;
    const bulkhead = new Bulkhead({ maxConcurrent: 1, maxQueued: 2 }, { ...clock, now: () => clock.now() + frozenMs });
    const { call, endOne, started } = calls();
    const first = bulkhead.execute(call('a'));
    const second = bulkhead.execute(call('b'), new Deadline(100)).catch((error) => error);
    const third = bulkhead.execute(call('c'));

    frozenMs = 6 * 3_600_000;
    endOne();
    await clock.advance(0);
    endOne();

    expect(await second).toBeInstanceOf(DeadlineError);
    await expect(Promise.all([first, third])).resolves.toEqual(['a', 'c']);
    expect(started).toEqual(['a', 'c']);
  });
});
