import { manualClock } from '../../../support/manual-clock';
import { memoryStore } from '../../../support/memory-store';
import { answer, failure, MACHINE_ARN, openBench, START_MS, task } from './bench';

const forever = () => new Promise<never>(() => {});

describe('An execution that was running when the room closed', () => {
  it('stays RUNNING in the store and goes on at the state where it was, with its variables', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS) };
    const states = {
      First: task('first', { Assign: { kept: '{% $states.result.Payload %}' }, Next: 'Second' }),
      Second: task('second', { Output: { kept: '{% $kept %}', second: '{% $states.result.Payload %}' } }),
    };
    const before = await openBench(states, { ...shared, fake: (_, call) => (call === 1 ? answer('one') : forever()) });
    const arn = await before.start();
    await before.room.close();

    const after = await openBench(states, { ...shared, fake: () => answer('two') });
    const found = await after.describe(arn);
    await after.room.resume();
    await after.clock.advance(0);

    expect(found.status).toBe('RUNNING');
    expect(after.calls.map(({ functionName }) => functionName)).toEqual(['second']);
    expect(JSON.parse((await after.describe(arn)).output as string)).toEqual({ kept: 'one', second: 'two' });
  });

  it('has a history without gaps in which no state is entered twice', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS) };
    const states = { Call: task('f', { Next: 'End' }), End: { Type: 'Succeed' } };
    const before = await openBench(states, { ...shared, fake: forever });
    const arn = await before.start();
    await before.room.close();

    const after = await openBench(states, { ...shared });
    await after.room.resume();
    await after.clock.advance(0);

    const events = await after.events(arn);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, at) => at + 1));
    expect(events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('keeps the end of a wait and the retries it has used', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS), fake: () => failure('Flaky') };
    const states = {
      Wait: { Type: 'Wait', Seconds: 10, Next: 'Call' },
      Call: task('f', { Retry: [{ ErrorEquals: ['Flaky'], IntervalSeconds: 10, BackoffRate: 1, MaxAttempts: 2 }] }),
    };
    const rooms = [await openBench(states, shared)];
    const arn = await (rooms[0] as (typeof rooms)[0]).start();

    // Restarts in the wait and in each of the two delays.
    for (const seconds of [4, 12, 10]) {
      await shared.clock.advance(seconds * 1000);
      await rooms.at(-1)?.room.close();
      const next = await openBench(states, shared);
      await next.room.resume();
      rooms.push(next);
    }
    await shared.clock.advance(60_000);

    const calls = rooms.flatMap((room) => room.calls.map(({ atMs }) => atMs));
    expect(calls).toEqual([10_000, 20_000, 30_000]);
    expect(await rooms.at(-1)?.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Flaky' });
  });

  it('keeps its definition when the machine has a new one', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS) };
    const wait = { Type: 'Wait', Seconds: 10, Next: 'End' };
    const before = await openBench({ Wait: wait, End: { Type: 'Succeed', Output: { is: 'old' } } }, shared);
    const old = await before.start();
    await before.room.close();

    const after = await openBench({ Wait: wait, End: { Type: 'Succeed', Output: { is: 'new' } } }, shared);
    await after.room.resume();
    const young = await after.start({}, 'young');
    await after.clock.advance(10_000);

    const outputs = await Promise.all([old, young].map(async (arn) => (await after.describe(arn)).output));
    expect(outputs).toEqual(['{"is":"old"}', '{"is":"new"}']);
  });

  it('is out of time when its limit passed while the room was closed', async () => {
    const shared = { store: memoryStore(), clock: manualClock(START_MS), topLevel: { TimeoutSeconds: 60 } };
    const states = { Wait: { Type: 'Wait', Seconds: 100, End: true } };
    const before = await openBench(states, shared);
    const arn = await before.start();
    await before.room.close();
    await shared.clock.advance(61_000);

    const after = await openBench(states, shared);
    await after.room.resume();
    await after.clock.advance(0);

    expect(await after.describe(arn)).toMatchObject({ status: 'TIMED_OUT' });
  });
});

describe('A closed room', () => {
  it('stops executions that never wait for anything', async () => {
    const store = memoryStore();
    const bench = await openBench(
      {
        Round: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input = "out" %}', Next: 'Out' }],
          Default: 'Round',
        },
        Out: { Type: 'Succeed' },
      },
      { store },
    );
    await bench.room.handle('StartExecution', { stateMachineArn: MACHINE_ARN });

    await bench.room.close();

    expect(await store.list('execution/')).toMatchObject([{ value: { status: 'RUNNING' } }]);
  });

  it('takes no step, not even when a function answers or a timer rings', async () => {
    const store = memoryStore();
    let reply = () => {};
    const bench = await openBench(
      { Call: task('f', { Next: 'Wait' }), Wait: { Type: 'Wait', Seconds: 1, End: true } },
      {
        store,
        fake: () =>
          new Promise((resolve) => {
            reply = () => resolve(answer(1));
          }),
      },
    );
    const early = await bench.start();
    reply();
    await bench.clock.advance(0);
    await bench.start();
    await bench.room.close();
    const writes = store.writes;

    reply();
    await bench.clock.advance(60_000);

    expect(store.writes).toBe(writes);
    await expect(bench.describe(early)).rejects.toMatchObject({ code: 'ServiceUnavailable' });
  });
});

describe('The journal', () => {
  it('takes as many bytes for a late step as for an early one', async () => {
    const store = memoryStore();
    const sizes: number[] = [];
    const measured = {
      ...store,
      write: (changes: Parameters<typeof store.write>[0]) => {
        sizes.push(JSON.stringify(changes).length);
        return store.write(changes);
      },
    };
    const bench = await openBench(
      {
        Count: { Type: 'Pass', Output: '{% $states.input + 1 %}', Next: 'Check' },
        Check: { Type: 'Choice', Choices: [{ Condition: '{% $states.input < 900 %}', Next: 'Count' }], Default: 'End' },
        End: { Type: 'Succeed' },
      },
      { store: measured },
    );

    await bench.run(100);

    const [early, late] = [sizes.slice(3, 5), sizes.slice(-5, -3)].map((pair) => Math.max(...pair)) as [number, number];
    expect(sizes.length).toBeGreaterThan(1600);
    expect(late).toBeLessThan(early + 30);
  });

  it('keeps no position of an execution that has ended', async () => {
    const store = memoryStore();
    const bench = await openBench({ End: { Type: 'Succeed' } }, { store });

    await bench.run();

    expect(await store.list('position/')).toEqual([]);
  });
});
