import { seededRandom } from './seeded-random';
import { SimulatedStore } from './simulated-store';
import { VirtualTime } from './virtual-time';

type Trouble = ConstructorParameters<typeof SimulatedStore>[2];

function aStore(troubles: Trouble = []) {
  const time = new VirtualTime(10_000_000);
  return { time, store: new SimulatedStore<number>(time, seededRandom(1, 'store'), troubles) };
}

/** What a promise has come to after some time. */
async function resultOf<T>(time: VirtualTime, ms: number, promise: Promise<T>): Promise<T | string> {
  let result: T | string = 'nothing yet';
  promise.then(
    (value) => {
      result = value;
    },
    (error: Error) => {
      result = error.message;
    },
  );
  await time.runUntil(time.now + ms);
  return result;
}

const set = (next: number) => () => ({ next, answer: next });

describe('a simulated store', () => {
  it('answers after 4 to 10 ms', async () => {
    const { time, store } = aStore();
    const pending = store.write(set(1));

    expect(await resultOf(time, 3.9, pending)).toBe('nothing yet');
    expect(await resultOf(time, 6.2, pending)).toBe(1);
  });

  it('makes each write one step of the newest item', async () => {
    const { time, store } = aStore();
    const writes = Array.from({ length: 50 }, () => store.write((item = 0) => ({ next: item + 1, answer: item + 1 })));
    await time.runUntil(time.now + 100);

    expect((await Promise.all(writes)).sort((one, other) => one - other)).toEqual(writes.map((_, index) => index + 1));
    expect(store.writes).toBe(50);
  });

  it('may answer a read with what was true some milliseconds ago, and not for long', async () => {
    const { time, store } = aStore();
    await resultOf(time, 1000, store.write(set(1)));
    await resultOf(time, 10, store.write(set(2)));
    const soon = Array.from({ length: 100 }, () => store.read());
    await time.runUntil(time.now + 1000);
    const later = Array.from({ length: 100 }, () => store.read());
    await time.runUntil(time.now + 1000);

    expect(new Set(await Promise.all(soon))).toEqual(new Set([1, 2]));
    expect(new Set(await Promise.all(later))).toEqual(new Set([2]));
  });

  it('throttles more than 1000 writes of a second, and bills none of those', async () => {
    const { time, store } = aStore();
    const writes = Array.from({ length: 1200 }, () => store.write(set(1)));
    const settled = Promise.allSettled(writes);
    await time.runUntil(time.now + 100);

    const refused = (await settled).filter(({ status }) => status === 'rejected');
    expect([store.writes, refused.length]).toEqual([1000, 200]);
  });

  it('fails while it is down, and bills nothing', async () => {
    const { time, store } = aStore([{ kind: 'down', fromAt: 0, toAt: 10_000_050 }]);

    expect(await resultOf(time, 50, store.write(set(1)))).toBe('the store is down');
    expect(await resultOf(time, 50, store.write(set(1)))).toBe(1);
    expect(store.writes).toBe(1);
  });

  it('does what it does not answer, when answers are lost', async () => {
    const { time, store } = aStore([{ kind: 'answers lost', fromAt: 0, toAt: Number.POSITIVE_INFINITY }]);
    const writes = Array.from({ length: 40 }, () => store.write((item = 0) => ({ next: item + 1, answer: item })));
    const settled = Promise.allSettled(writes);
    await time.runUntil(time.now + 1000);

    const lost = (await settled).filter(({ status }) => status === 'rejected').length;
    expect(lost).toBeGreaterThan(5);
    expect(lost).toBeLessThan(35);
    expect(store.writes).toBe(40);
  });
});
