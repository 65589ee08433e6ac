import fc from 'fast-check';
import type { Circuit } from '../../lib/circuit-breaker/circuit';
import { LocalCircuit } from '../../lib/circuit-breaker/local-circuit';
import { checkOptions } from '../../lib/circuit-breaker/options';
import { failuresIn } from '../../lib/circuit-breaker/window';
import { begin, circuitFleet, FLEET_START, fail, type Outcome, succeed, trip } from '../support/circuit-fleet';

const RUNS = { numRuns: 60, seed: 20261127 };
const WINDOW_MS = 10_000;
const bool = fc.boolean();

/** A window that no count of failures opens. */
const NEVER = { failureThreshold: 10_000 };
const gapMs = fc.constantFrom(0, 0, 0, 50, 333, 999, 1_000, 2_500, 9_999, 10_000, 61_000, 7_200_000);

/** The instance of a number. */
const at = (instances: readonly Circuit[], index: number): Circuit => {
  const instance = instances[index % instances.length];
  if (!instance) throw new Error('a fleet has an instance at least');
  return instance;
};

describe('a circuit of a fleet whose party is well again', () => {
  const plan = fc.record({
    crashes: fc.nat({ max: 3 }),
    everyMs: fc.integer({ min: 50, max: 1_000 }),
    isEachCallOnANewInstance: bool,
    badProbes: fc.nat({ max: 4 }),
    random: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });

  it('closes within the longest break and the time of a lease, whoever crashed, and if each call comes from a new instance', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ crashes, everyMs, isEachCallOnANewInstance, badProbes, random }) => {
        const fleet = circuitFleet({ probeLeaseSeconds: 3 });
        const start = () => fleet.instance({ random: () => random });
        const instances = [start(), start(), start()];
        await trip(at(instances, 0));
        for (let probe = 0; probe < badProbes; probe += 1) {
          await fleet.clock.advance(11_000);
          await fail(at(instances, probe));
        }
        for (let crash = 0; crash < crashes; crash += 1) {
          await fleet.clock.advance(11_000);
          // It never comes back.
          expect((await begin(start())).isSent()).toBe(true);
        }

        const wellAt = fleet.clock.now();
        // The longest break, a tenth more; a lease; a call for each probe, and a call that found the circuit in use.
        const limitMs = 11_000 + 3_000 + 3 * everyMs + 700;
        for (let call = 0; fleet.clock.now() - wellAt <= limitMs; call += 1) {
          await succeed(isEachCallOnANewInstance ? start() : at(instances, call));
          if ((await fleet.item())?.state === 'CLOSED') break;
          await fleet.clock.advance(everyMs);
        }

        expect(await fleet.item()).toMatchObject({ state: 'CLOSED' });
      }),
      RUNS,
    );
  });
});

describe('a circuit that opens', () => {
  it('is called once more at most by each instance that had not heard of it, and by nobody else before its break is over', async () => {
    const order = fc.array(fc.nat({ max: 7 }), { minLength: 30, maxLength: 60 });

    await fc.assert(
      fc.asyncProperty(order, async (turns) => {
        const fleet = circuitFleet();
        const instances = Array.from({ length: 8 }, () => fleet.instance());
        for (const instance of instances) await succeed(instance);
        await fleet.clock.advance(11_000);

        const calls = new Map<number, number>();
        for (const turn of turns) {
          const wasOpen = (await fleet.item())?.state === 'OPEN';
          const outcome = await fail(at(instances, turn));
          if (wasOpen && outcome === 'failed') calls.set(turn, (calls.get(turn) ?? 0) + 1);
          await fleet.clock.advance(20);
        }

        expect([...calls.values()].every((count) => count === 1)).toBe(true);
      }),
      RUNS,
    );
  });

  it.each([1, 2])(
    'is not opened by %i instances, however they fail, where three must have seen failures',
    async (bad) => {
      const turns = fc.array(fc.record({ by: fc.nat({ max: 5 }), waitMs: fc.constantFrom(0, 0, 10, 300, 2_500) }), {
        minLength: 20,
        maxLength: 80,
      });

      await fc.assert(
        fc.asyncProperty(turns, bool, async (drawn, wasOpenBefore) => {
          const fleet = circuitFleet({ failureThreshold: 3, failureRate: 0.1, minimumReporters: 3 });
          const instances = Array.from({ length: 6 }, (_, reporter) => fleet.instance({ reporter }));
          if (wasOpenBefore) {
            for (const instance of instances) await fail(instance);
            await fleet.clock.advance(2_000);
            for (const instance of instances) await succeed(instance);
            expect(fleet.transitions.map(({ kind }) => kind)).toEqual(['opened', 'closed']);
          }
          const before = fleet.transitions.length;

          for (const { by, waitMs } of drawn) {
            await (by < bad ? fail(at(instances, by)) : succeed(at(instances, by)));
            await fleet.clock.advance(waitMs);
          }

          expect(fleet.transitions.slice(before)).toEqual([]);
        }),
        RUNS,
      );
    },
  );

  it('is opened by the third instance', async () => {
    const fleet = circuitFleet({ failureThreshold: 3, minimumReporters: 3 });

    for (const reporter of [4, 9, 15]) await fail(fleet.instance({ reporter }));

    expect(await fleet.item()).toMatchObject({ state: 'OPEN' });
  });
});

describe('the window of a fleet', () => {
  it('has in it what failed in its ten slots, and nothing else, after any gap', async () => {
    const calls = fc.array(fc.record({ by: fc.nat({ max: 2 }), isFailure: bool, gapMs }), { maxLength: 50 });

    await fc.assert(
      fc.asyncProperty(calls, async (drawn) => {
        const fleet = circuitFleet(NEVER);
        const instances = [fleet.instance(), fleet.instance(), fleet.instance()];
        const failedAt: number[] = [];
        for (const { by, isFailure, gapMs } of drawn) {
          await fleet.clock.advance(gapMs);
          const now = fleet.clock.now();
          if (isFailure) failedAt.push(now);
          await (isFailure ? fail : succeed)(at(instances, by));

          const begin = (Math.floor(now / 1_000) - 9) * 1_000;
          const counted = failuresIn((await fleet.item())?.slots ?? [], now, WINDOW_MS);
          expect(counted).toBe(failedAt.filter((failed) => failed >= begin).length);
        }
      }),
      RUNS,
    );
  });

  it('loses no failure of calls that end at nearly the same time', async () => {
    for (let ticks = 0; ticks < 40; ticks += 1) {
      const fleet = circuitFleet(NEVER);
      const instance = fleet.instance();
      await succeed(instance);
      const late = async () => {
        for (let tick = 0; tick < ticks; tick += 1) await undefined;
        throw new Error('the carrier is down');
      };

      await Promise.allSettled([fail(instance), instance.execute(late)]);
      await fleet.clock.advance(0);

      expect([ticks, failuresIn((await fleet.item())?.slots ?? [], FLEET_START, WINDOW_MS)]).toEqual([ticks, 2]);
    }
  });
});

describe('a circuit whose store is in trouble', () => {
  const turns = fc.array(fc.record({ isFailure: bool, waitMs: fc.constantFrom(0, 100, 700, 2_000, 4_500, 12_000) }), {
    minLength: 10,
    maxLength: 60,
  });

  it.each([['down'], ['silent']] as const)(
    'does what the circuit of the instance alone would do, and lets nobody wait longer than the limit: it is %s',
    async (health) => {
      await fc.assert(
        fc.asyncProperty(turns, bool, async (drawn, isKnown) => {
          const fleet = circuitFleet();
          const instance = fleet.instance();
          const alone = new LocalCircuit(checkOptions({}));
          if (isKnown) {
            await succeed(instance);
            alone.ask(FLEET_START);
            alone.countSuccess();
          }
          fleet.health = health;
          for (const { isFailure, waitMs } of drawn) {
            await fleet.clock.advance(waitMs);
            const askedAt = fleet.clock.now();
            let sentAt: number | undefined;
            let gate: ReturnType<LocalCircuit['ask']> | undefined;
            const work = async () => {
              sentAt = fleet.clock.now();
              gate = alone.ask(sentAt);
              if (isFailure) throw new Error('the carrier is down');
            };
            let refusal: Error | undefined;
            let endedAt = Number.POSITIVE_INFINITY;
            const call = instance.execute(work).catch((error: Error) => {
              refusal = error;
            });
            void call.then(() => {
              endedAt = fleet.clock.now();
            });
            await fleet.clock.advance(0);
            for (let waited = 0; endedAt > fleet.clock.now() && waited < 300; waited += 50)
              await fleet.clock.advance(50);

            expect((sentAt ?? endedAt) - askedAt).toBeLessThanOrEqual(100);
            expect(endedAt - (sentAt ?? askedAt)).toBeLessThanOrEqual(100);
            if (sentAt === undefined) {
              expect(alone.ask(endedAt)).toHaveProperty('waitMs');
              expect(refusal).toMatchObject({ reason: 'local' });
            } else {
              expect(gate).toMatch(/closed|probe/);
              if (gate === 'probe') alone.settleProbe(isFailure ? 'failure' : 'success', sentAt, 0.5);
              else if (isFailure) alone.countFailure(sentAt, 0.5);
              else alone.countSuccess();
            }
          }
        }),
        { ...RUNS, numRuns: 30 },
      );
    },
  );
});

describe('a circuit whose store is slow', () => {
  it.each([99, 101, 4_000])('lets nobody wait longer than the limit for an answer: it takes %i ms', async (health) => {
    const turn = fc.record({ by: bool, isFailure: bool, waitMs: fc.constantFrom(0, 100, 700, 2_000, 12_000) });

    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 10, maxLength: 60 }), async (drawn) => {
        const fleet = circuitFleet({ failureThreshold: 2 });
        const [first, second] = [fleet.instance(), fleet.instance()];
        fleet.health = health;
        for (const { by, isFailure, waitMs } of drawn) {
          await fleet.clock.advance(waitMs);
          const askedAt = fleet.clock.now();
          let sentAt: number | undefined;
          let endedAt: number | undefined;
          const work = async () => {
            sentAt = fleet.clock.now();
            if (isFailure) throw new Error('the carrier is down');
          };
          const end = () => {
            endedAt = fleet.clock.now();
          };
          void (by ? first : second).execute(work).then(end, end);
          for (let waited = 0; endedAt === undefined && waited < 500; waited += 1) await fleet.clock.advance(1);

          // For a look, and whoever wants to probe once more for the lease.
          expect((sentAt ?? endedAt ?? Number.NaN) - askedAt).toBeLessThanOrEqual(200);
          expect((endedAt ?? Number.NaN) - (sentAt ?? askedAt)).toBeLessThanOrEqual(100);
        }
      }),
      { ...RUNS, numRuns: 15 },
    );
  });
});

describe('a circuit whose party is well', () => {
  it('is looked at every half minute by each instance, and written about once in five seconds, however many calls there are', async () => {
    const fleet = circuitFleet();
    const instances = Array.from({ length: 4 }, (_, index) => fleet.instance({ random: seeded(index) }));
    const during = async (seconds: number, perSecond: number) => {
      const before = { ...fleet.requests };
      for (let second = 0; second < seconds; second += 1) {
        for (let call = 0; call < perSecond; call += 1) await succeed(at(instances, call));
        await fleet.clock.advance(1_000);
      }
      return { looks: fleet.requests.looks - before.looks, writes: fleet.requests.writes - before.writes };
    };
    // What the fleet comes to in a minute must be known first.
    await during(120, 100);

    const { looks, writes } = await during(300, 100);

    expect(looks).toBeLessThanOrEqual(4 * (300 / 30 + 1));
    expect(writes).toBeLessThanOrEqual(1.8 * 60);
    expect(writes).toBeGreaterThan(0.4 * 60);
  });

  it('waits for nothing once the first look is over', async () => {
    const fleet = circuitFleet();
    const instance = fleet.instance();
    await succeed(instance);
    fleet.health = 'silent';

    for (const waitMs of [0, 1_000, 31_000, 3_600_000]) {
      await fleet.clock.advance(waitMs);

      // Nobody moves the clock: a call that waited for the store would never end.
      expect(await succeed(instance)).toBe('done');
    }
  });

  it('makes of any number of calls at once as many calls', async () => {
    const ends = fc.array(fc.constantFrom('well', 'badly'), { minLength: 1, maxLength: 200 });

    await fc.assert(
      fc.asyncProperty(ends, fc.infiniteStream(fc.nat()), async (drawn, places) => {
        const fleet = circuitFleet(NEVER);
        const instance = fleet.instance();
        const calls = [];
        for (const how of drawn) calls.push({ how, call: await begin(instance) });
        const outcomes: Outcome[] = [];
        const expected: Outcome[] = [];
        while (calls.length > 0) {
          const [next] = calls.splice((places.next().value as number) % calls.length, 1);
          if (!next) break;
          expected.push(next.how === 'well' ? 'done' : 'failed');
          outcomes.push(await next.call.end(next.how as 'well' | 'badly'));
        }

        expect(outcomes).toEqual(expected);
        const failures = failuresIn((await fleet.item())?.slots ?? [], FLEET_START, WINDOW_MS);
        expect(failures).toBe(drawn.filter((how) => how === 'badly').length);
      }),
      { ...RUNS, numRuns: 20 },
    );
  });
});

describe('a probe that says nothing about the party', () => {
  it('frees its lease at once, and changes nothing else', async () => {
    const fleet = circuitFleet({ judge: (settled) => ('error' in settled ? verdictOf(settled.error) : 'success') });
    const [first, second] = [fleet.instance(), fleet.instance()];
    for (let call = 0; call < 5; call += 1) await first.execute(() => Promise.reject('failure')).catch(() => undefined);
    await fleet.clock.advance(2_000);
    const before = await fleet.item();

    await expect(first.execute(() => Promise.reject('ignored'))).rejects.toBe('ignored');

    expect(await fleet.item()).toEqual({ ...before, leaseUntil: 0, fence: 1 });
    expect(await succeed(second)).toBe('done');
    expect(await fleet.item()).toMatchObject({ probeSuccesses: 1 });
  });
});

function verdictOf(error: unknown): 'ignored' | 'failure' {
  return error === 'ignored' ? 'ignored' : 'failure';
}

/** Numbers from 0 up to 1, the same ones each time. */
function seeded(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
