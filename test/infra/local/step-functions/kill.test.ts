import type { KeyValueStore } from '../../../../infra/local/storage/key-value-store';
import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { answer, type Bench, failure, openBench, START_MS, task } from './bench';

/** Five states, the second retried once, the third failing into a catcher. */
const STATES = {
  Reserve: task('reserve', { Assign: { reserved: '{% $states.result.Payload %}' }, Next: 'Charge' }),
  Charge: task('charge', { Retry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 9 }], Next: 'Ship' }),
  Ship: task('ship', {
    Catch: [{ ErrorEquals: ['Refused'], Assign: { why: '{% $states.errorOutput.Error %}' }, Next: 'Pause' }],
    Next: 'Pause',
  }),
  Pause: { Type: 'Wait', Seconds: 5, Next: 'Release' },
  Release: task('release', { Output: { reserved: '{% $reserved %}', why: '{% $why %}' } }),
};
/** The start, one before each of five attempts, the delay of the retry, the wait, and the end. */
const WRITES = 9;
const FUNCTIONS = ['reserve', 'charge', 'ship', 'release'];

/** What the functions answer, over all processes: charge fails the first time that it is called. */
function functions() {
  const calls: Record<string, number> = {};
  return {
    calls,
    fakeOf: (bench: () => Bench) => () => {
      const name = bench().calls.at(-1)?.functionName ?? '';
      calls[name] = (calls[name] ?? 0) + 1;
      if (name === 'ship') return failure('Refused');
      return name === 'charge' && calls[name] === 1 ? failure('Flaky') : answer(name);
    },
  };
}

/** The store of a process that is killed at its n-th write, before or after that one: nothing ever answers from then on. */
function mortal(store: KeyValueStore, lastWrite: number, isWritten: boolean): KeyValueStore & { isDead(): boolean } {
  let writes = 0;
  const whileAlive = <T>(work: () => Promise<T>) => (writes >= lastWrite ? new Promise<T>(() => {}) : work());
  return {
    isDead: () => writes >= lastWrite,
    get: <T>(key: string) => whileAlive(() => store.get<T>(key)),
    list: <T>(prefix: string) => whileAlive(() => store.list<T>(prefix)),
    write: (changes) =>
      whileAlive(async () => {
        writes += 1;
        if (writes < lastWrite) return store.write(changes);
        if (isWritten) await store.write(changes);
        return new Promise(() => {});
      }),
  };
}

/** Runs the machine, killed at each of the given writes of one process after another; answers how it ended. */
async function runKilled(kills: ReadonlyArray<{ write: number; isWritten: boolean }>) {
  const shared = memoryStore();
  const clock = manualClock(START_MS);
  const { calls, fakeOf } = functions();
  let isEnded = false;
  for (const { write, isWritten } of [...kills, { write: Number.POSITIVE_INFINITY, isWritten: true }]) {
    const store = mortal(shared, write, isWritten);
    const bench: Bench = await openBench(STATES, { store, clock, fake: fakeOf(() => bench) });
    await bench.room.resume();
    // The caller repeats a start that was never answered; one that was is known by its name.
    if ((await shared.list('execution/')).length === 0) bench.start({ id: 1 }, 'run').catch(() => {});
    await clock.advance(60_000);
    isEnded = !store.isDead();
    if (isEnded) {
      const arn = 'arn:aws:states:eu-central-1:111111111111:execution:machine:run';
      return { calls, execution: await bench.describe(arn), events: await bench.events(arn), writes: shared.writes };
    }
  }
  throw new Error('the last process is never killed');
}

describe('An execution whose process is killed', () => {
  it.each(writesOf(1))('%s ends as if nothing had happened', async (_, kill) => {
    const { calls, execution, events } = await runKilled([kill]);

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '{"reserved":"reserve","why":"Refused"}' });
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, at) => at + 1));
    const entered = events.filter(({ type }) => type.endsWith('StateEntered'));
    expect(entered.map((event) => (event.stateEnteredEventDetails as { name: string }).name)).toEqual(
      Object.keys(STATES),
    );
    // The retry is one more call of charge; a kill adds at most one to one of them.
    const extra = FUNCTIONS.map((name) => (calls[name] ?? 0) - (name === 'charge' ? 2 : 1));
    expect(extra.every((count) => count === 0 || count === 1)).toBe(true);
    expect(extra.filter((count) => count === 1).length).toBeLessThanOrEqual(1);
  });

  it.each([
    [2, 2, 2],
    [3, 1, 4],
    [1, 1, 1],
    [5, 3, 2],
  ])('again and again, at its writes %i, %i and %i, ends so too', async (...writes) => {
    const { calls, execution } = await runKilled(writes.map((write) => ({ write, isWritten: true })));

    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '{"reserved":"reserve","why":"Refused"}' });
    const total = FUNCTIONS.reduce((sum, name) => sum + (calls[name] ?? 0), 0);
    expect(FUNCTIONS.every((name) => (calls[name] ?? 0) >= 1)).toBe(true);
    expect(total).toBeLessThanOrEqual(5 + writes.length);
  });

  it('has a write for its start, each state, the retry and the end', async () => {
    const { writes, calls } = await runKilled([]);

    expect(writes).toBe(WRITES);
    expect(calls).toEqual({ reserve: 1, charge: 2, ship: 1, release: 1 });
  });
});

function writesOf(first: number): Array<[string, { write: number; isWritten: boolean }]> {
  return Array.from({ length: WRITES }, (_, at) => first + at).flatMap((write) =>
    [false, true].map((isWritten): [string, { write: number; isWritten: boolean }] => [
      `${isWritten ? 'after' : 'before'} write ${write}`,
      { write, isWritten },
    ]),
  );
}
