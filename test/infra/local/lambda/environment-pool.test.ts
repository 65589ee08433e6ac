import type { Lambda } from '../../../../infra/local/lambda/lambda';
import { manualClock } from '../../../support/manual-clock';
import { aFunction, aLambda } from './a-function';
import { aGate } from './a-gate';

/** Answers which environment ran it and how many calls that one has had; waits at a gate if told to. */
const COUNTING = `import { threadId } from 'node:worker_threads';
  let calls = 0;
  export const handler = async (event) => {
    calls += 1;
    if (event.gate) await fetch(event.gate);
    return { threadId, calls } }`;

describe('the execution environments', () => {
  let lambda: Lambda | undefined;
  let gate: Awaited<ReturnType<typeof aGate>>;
  beforeEach(async () => {
    gate = await aGate();
  });
  afterEach(async () => {
    gate.close();
    await lambda?.close();
  });

  const call = async (name: string, event = {}) =>
    JSON.parse((await lambda!.invoke(name, JSON.stringify(event))).payload) as { threadId: number; calls: number };

  test('serve calls that follow one another from one warm environment', async () => {
    lambda = aLambda([aFunction(COUNTING)]);

    const first = await call('f');
    const second = await call('f');

    expect(second).toEqual({ threadId: first.threadId, calls: 2 });
  });

  test('grow by one for each quarter of a second that a call waits, and keep two warm for long', async () => {
    const clock = manualClock(0);
    lambda = aLambda([aFunction(COUNTING)], { clock });

    const fourAtOnce = async () => {
      const answers = Promise.all([1, 2, 3, 4].map(() => call('f', { gate: gate.url })));
      await gate.arrived(2);
      await clock.advance(250);
      await gate.arrived(3);
      await clock.advance(250);
      await gate.arrived(4);
      gate.open();
      return answers;
    };

    const together = await fourAtOnce();
    await clock.advance(5_000);
    const again = await fourAtOnce();

    expect(new Set(together.map(({ threadId }) => threadId)).size).toBe(4);
    expect(together.map(({ calls }) => calls)).toEqual([1, 1, 1, 1]);
    expect(again.map(({ calls }) => calls).sort()).toEqual([1, 1, 2, 2]);
  });

  test('serve a waiting call as soon as one is free, without another start', async () => {
    lambda = aLambda([aFunction(COUNTING)], { clock: manualClock(0) });

    const held = [call('f', { gate: gate.url }), call('f', { gate: gate.url })];
    await gate.arrived(2);
    const waiting = [call('f'), call('f'), call('f')];
    gate.open(1);
    const answers = await Promise.all(waiting);
    gate.open();
    await Promise.all(held);

    expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(1);
    expect(answers.map(({ calls }) => calls)).toEqual([2, 3, 4]);
  });

  test('of one function are at most eight unless told', async () => {
    const clock = manualClock(0);
    lambda = aLambda([aFunction(COUNTING)], { clock, limits: { maxPerFunction: 3 } });

    const held = Array.from({ length: 4 }, () => call('f', { gate: gate.url }));
    await gate.arrived(2);
    await clock.advance(250);
    await gate.arrived(3);
    await clock.advance(1_000);
    gate.open(1);
    const first = await Promise.race(held);
    await gate.arrived(3);
    gate.open();
    const all = await Promise.all(held);

    expect(new Set(all.map(({ threadId }) => threadId)).size).toBe(3);
    expect(all.filter(({ threadId }) => threadId === first.threadId)).toHaveLength(2);
  });

  test('are frozen between calls: no timer of a function ticks after its answer', async () => {
    const source = `let ticks = 0; let started = false;
      export const handler = async (event) => {
        if (!started) { started = true; setInterval(() => { ticks += 1 }, 5) }
        while (ticks < event.untilTicks) await new Promise((resolve) => setTimeout(resolve, 1));
        return ticks }`;
    const pause = 'export const handler = () => new Promise((resolve) => setTimeout(resolve, 100))';
    lambda = aLambda([aFunction(source), aFunction(pause, { functionName: 'pause' })]);
    const before = Number((await lambda.invoke('f', '{"untilTicks":3}')).payload);
    await lambda.invoke('pause', '{}');

    const after = Number((await lambda.invoke('f', '{"untilTicks":0}')).payload);

    expect(before).toBeGreaterThanOrEqual(3);
    expect(after).toBe(before);
  });

  test('go on after the freeze with what they had begun', async () => {
    const source = `let late;
      export const handler = async (event) => {
        if (event.begin) { late = new Promise((resolve) => setTimeout(() => resolve('thawed'), 1)); return null }
        return late }`;
    lambda = aLambda([aFunction(source)]);
    await lambda.invoke('f', '{"begin":true}');

    const { payload } = await lambda.invoke('f', '{}');

    expect(payload).toBe('"thawed"');
  });

  test('are at most so many in all: further calls wait for their turn', async () => {
    const second = aFunction(COUNTING, { functionName: 'second' });
    lambda = aLambda([aFunction(COUNTING, { functionName: 'first' }), second], { limits: { maxLive: 2 } });
    const order: string[] = [];
    const recorded = async (name: string, event = {}) => {
      const answer = await call(name, event);
      order.push(name);
      return answer;
    };

    const held = [recorded('first', { gate: gate.url }), recorded('first', { gate: gate.url })];
    await gate.arrived(2);
    const queued = [recorded('second'), recorded('second')];
    await new Promise((resolve) => setImmediate(resolve));
    const orderWhileFull = [...order];
    gate.open(1);
    const answers = await Promise.all(queued);
    gate.open();
    await Promise.all(held);

    expect(orderWhileFull).toEqual([]);
    expect(order).toEqual(['first', 'second', 'second', 'first']);
    expect(answers[1]).toEqual({ threadId: answers[0]!.threadId, calls: 2 });
  });

  test('give up their warm place to another function when there is no room', async () => {
    const second = aFunction(COUNTING, { functionName: 'second' });
    lambda = aLambda([aFunction(COUNTING, { functionName: 'first' }), second], { limits: { maxLive: 1 } });

    await call('first');
    await call('second');
    const again = await call('first');

    expect(again.calls).toBe(1);
  });

  test('are ended when they were idle for long', async () => {
    const clock = manualClock(0);
    lambda = aLambda([aFunction(COUNTING)], { clock, limits: { idleEvictionMs: 60_000 } });
    await call('f');

    await clock.advance(59_999);
    const warm = await call('f');
    await clock.advance(60_000);
    const cold = await call('f');

    expect(warm.calls).toBe(2);
    expect(cold.calls).toBe(1);
  });

  test('leave no timer of the room behind when it closes', async () => {
    const clock = manualClock(0);
    const timers = new Set<object>();
    const after = (delayMs: number, action: () => void) => {
      const timer = { cancel: clock.after(delayMs, action) };
      timers.add(timer);
      return () => {
        timer.cancel();
        timers.delete(timer);
      };
    };
    lambda = aLambda([aFunction(COUNTING)], { clock: { now: clock.now, after } });
    await call('f');
    const whileWarm = timers.size;

    await lambda.close();

    expect(whileWarm).toBe(1);
    expect(timers.size).toBe(0);
  });
});
