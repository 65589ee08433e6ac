import type { Contender } from './contender';
import { runFleet } from './fleet';
import { holdfast } from './holdfast-contender';
import { outcomeOf } from './outcome';
import { electedProber } from './rivals/elected-prober';
import { readPerCall } from './rivals/read-per-call';
import type { Scenario } from './scenario';

/** Small, so that a run takes a moment: 20 s that all is well, an outage of 30 s, and 40 s after it. */
const SMALL: Scenario = {
  name: 'small',
  title: 'small',
  instances: 30,
  callsPerSecond: 40,
  baseErrorRate: 0,
  outages: [{ from: 20, seconds: 30, share: 1, failureMs: 500 }],
  outageVariesByS: 0,
  tailSeconds: 40,
  brokenInstances: 0,
  brokenMs: 500,
  clockSkewMs: 0,
  storeTroubles: [],
  seeds: 1,
};

async function outcome(scenario: Scenario, contender: Contender, seed = 1) {
  return outcomeOf(scenario, await runFleet(scenario, contender, seed), contender.isAlone === true);
}

describe('a fleet in virtual time', () => {
  it('does the same for the same seed, and something else for another one', async () => {
    const first = await runFleet(SMALL, holdfast('ours'), 7);
    const again = await runFleet(SMALL, holdfast('ours'), 7);
    const other = await runFleet(SMALL, holdfast('ours'), 8);

    expect({ ...again, isBroken: 0 }).toEqual({ ...first, isBroken: 0 });
    expect(other.calls).not.toEqual(first.calls);
  });

  it('gives every breaker the same calls', async () => {
    const arrivals = async (contender: Contender) =>
      (await runFleet(SMALL, contender, 3)).calls.map(({ arrivedAt }) => arrivedAt);

    expect(await arrivals(readPerCall('rival', 0))).toEqual(await arrivals(holdfast('ours')));
  });

  it('sends every call of an outage to the party when nothing is in between', async () => {
    const open: Contender = {
      name: 'none',
      start: () => ({ instance: () => (work) => work(false), requests: () => ({ reads: 0, writes: 0 }) }),
    };

    const { deadCalls, deadCallsUnprotected, refusedWhileWell, recoveredAfterS } = await outcome(SMALL, open);

    expect(deadCalls).toBe(deadCallsUnprotected);
    expect(deadCalls).toBeGreaterThan(1000);
    expect([refusedWhileWell, recoveredAfterS]).toEqual([0, 0]);
  });

  it('keeps an answer for a frozen instance until its next call', async () => {
    const woken: number[] = [];
    const sleepy: Contender = {
      name: 'sleepy',
      start: (world) => ({
        instance: (index) => async (work) => {
          const started = world.time.now;
          world.clockOf(index).after(5, () => woken.push(world.time.now - started));
          await work(false);
          world.clockOf(index).after(5, () => woken.push(world.time.now - started));
        },
        requests: () => ({ reads: 0, writes: 0 }),
      }),
    };

    await runFleet({ ...SMALL, instances: 1, callsPerSecond: 0.2, outages: [] }, sleepy, 1);

    const [whileCalling = 0, afterwards = 0] = woken;
    expect(whileCalling).toBeCloseTo(5);
    expect(afterwards).toBeGreaterThan(500);
  });
});

describe('our circuits in a fleet', () => {
  it('open once for all, probe one by one, close once, and are through again in time', async () => {
    const found = await outcome(SMALL, holdfast('ours'));

    expect(found).toMatchObject({ opened: 1, closed: 1, probesAtOnce: 1, falseOpens: 0 });
    expect(found.openedAfterS).toBeLessThan(3);
    expect(found.deadCalls).toBeLessThan(0.2 * found.deadCallsUnprotected);
    expect(found.recoveredAfterS).toBeLessThan(15);
  });

  it('stay closed for the errors that there always are', async () => {
    const found = await outcome({ ...SMALL, outages: [], tailSeconds: 120, baseErrorRate: 0.02 }, holdfast('ours'));

    expect(found).toMatchObject({ opened: 0, refusedWhileWell: 0 });
  });

  it('protect the party, each by itself, while the store is down', async () => {
    const found = await outcome(
      { ...SMALL, storeTroubles: [{ kind: 'down', from: 20, seconds: 30 }] },
      holdfast('ours'),
    );

    expect(found.opened).toBe(0);
    expect(found.deadCalls).toBeLessThan(0.5 * found.deadCallsUnprotected);
  });

  it('are closed again though a prober has died, when its lease is over', async () => {
    const alive = await outcome(SMALL, holdfast('ours'));
    const found = await outcome({ ...SMALL, proberDies: 'after the outage' }, holdfast('ours'));

    expect(found).toMatchObject({ opened: 1, closed: 1 });
    expect(found.recoveredAfterS).toBeGreaterThan((alive.recoveredAfterS ?? 0) + 3);
    expect(found.recoveredAfterS).toBeLessThan(30);
  });

  it('are known to probe also where an instance has refused nothing before', async () => {
    const sparse = { ...SMALL, instances: 2000, callsPerSecond: 20 };

    const { calls, changes } = await runFleet(sparse, holdfast('ours'), 1);

    const failedProbes = calls.filter(({ isProbe, hasFailed }) => isProbe && hasFailed).length;
    expect(failedProbes).toBe(changes.filter(({ change }) => change === 'reopened').length);
    expect(failedProbes).toBeGreaterThan(1);
  });
});

describe('a breaker that reads and writes for each call', () => {
  it('lets a herd through when its time to try has come', async () => {
    const { probesAtOnce } = await outcome(SMALL, readPerCall('rival', 0));

    expect(probesAtOnce).toBeGreaterThan(5);
  });

  it('costs a read and a write for each call that goes well', async () => {
    const found = await outcome(SMALL, readPerCall('rival', 0));

    expect(found.readsPerMillion).toBeGreaterThan(990_000);
    expect(found.writesPerMillion).toBeGreaterThan(990_000);
  });

  it('opens for errors that are a hundredth of the calls, because successes never count', async () => {
    const found = await outcome(
      { ...SMALL, outages: [], tailSeconds: 120, baseErrorRate: 0.01 },
      readPerCall('rival', 0),
    );

    expect(found.falseOpens).toBeGreaterThan(0);
  });
});

describe('a breaker with an elected prober', () => {
  it('probes one by one, and takes half a minute before it does', async () => {
    const found = await outcome(
      { ...SMALL, outages: [{ from: 20, seconds: 10, share: 1, failureMs: 100 }] },
      electedProber(),
    );

    expect(found.closed).toBe(1);
    expect(found.recoveredAfterS).toBeGreaterThan(15);
  });

  it('protects nothing while the store is down', async () => {
    const trouble = { kind: 'down', from: 20, seconds: 30 } as const;

    const found = await outcome({ ...SMALL, storeTroubles: [trouble] }, electedProber());

    expect(found.deadCalls).toBe(found.deadCallsUnprotected);
  });

  it('is opened for all by one broken instance', async () => {
    const found = await outcome(
      { ...SMALL, outages: [], tailSeconds: 120, brokenInstances: 1, brokenMs: 100 },
      electedProber(),
    );

    expect(found.falseOpens).toBeGreaterThan(0);
    expect(found.refusedShare).toBeGreaterThan(0.3);
  });
});
