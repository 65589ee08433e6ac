import type { CallRecord, FleetLog } from './fleet';
import { heldOutScenarios } from './held-out-scenarios';
import { knownScenarios } from './known-scenarios';
import { outcomeOf } from './outcome';
import type { Scenario } from './scenario';

const SCENARIO: Scenario = {
  ...(knownScenarios[0] as Scenario),
  outages: [{ from: 10, seconds: 10, share: 1, failureMs: 1000 }],
  tailSeconds: 20,
};

/** Ten calls a second for forty seconds, each refused in the stretches that are named. */
function aLog(refused: readonly (readonly [number, number])[], more: Partial<FleetLog> = {}): FleetLog {
  const calls = Array.from({ length: 400 }, (_, index): CallRecord => {
    const arrivedAt = index / 10;
    const isRefused = refused.some(([from, to]) => arrivedAt >= from && arrivedAt < to);
    const hasFailed = !isRefused && arrivedAt >= 10 && arrivedAt < 20;
    const end = { endedAt: arrivedAt + 0.012 };
    return { arrivedAt, ...end, ...(!isRefused && { begunAt: arrivedAt }), workMs: 10, hasFailed, isProbe: false };
  });
  const requests = { reads: 0, writes: 0 };
  return { calls, changes: [], healthyRequests: requests, requests, isBroken: () => false, ...more };
}

describe('the outcome of a run', () => {
  it('counts the calls that failed of the outage', () => {
    const { deadCalls, deadCallsUnprotected } = outcomeOf(SCENARIO, aLog([[12, 20]]), false);

    expect([deadCalls, deadCallsUnprotected]).toEqual([20, 100]);
  });

  it('takes for recovery the first instant from which on nearly all are let through', () => {
    const recovery = (...refused: [number, number][]) => outcomeOf(SCENARIO, aLog(refused), false).recoveredAfterS;

    expect(recovery([12, 24])).toBeCloseTo(4);
    expect(recovery([12, 21], [22, 24])).toBeCloseTo(4);
    expect(recovery([12, 19])).toBe(0);
    expect(recovery([12, 40])).toBe(Number.POSITIVE_INFINITY);
  });

  it('counts what is refused though all is well, but not while the fleet recovers', () => {
    const { refusedWhileWell } = outcomeOf(
      SCENARIO,
      aLog([
        [5, 6],
        [12, 24],
        [35, 35.5],
      ]),
      false,
    );

    expect(refusedWhileWell).toBe(15);
  });

  it('prices half a read unit and one write unit for each call of the time before the outage', () => {
    const healthyRequests = { reads: 100, writes: 50 };

    const found = outcomeOf(SCENARIO, aLog([], { healthyRequests }), false);

    expect([found.readsPerMillion, found.writesPerMillion]).toEqual([1e6, 5e5]);
    expect(found.dollarsPerMillion).toBeCloseTo(0.0625 + 0.3125);
  });

  it('takes what the call waits beside the party itself', () => {
    expect(outcomeOf(SCENARIO, aLog([]), false).waitingMs).toBeCloseTo(2);
  });

  it('tells an opening in an outage from one without, and leaves out a broken instance that has a breaker for itself', () => {
    const changes = [
      { at: 5, change: 'opened', instance: 0 },
      { at: 12, change: 'opened', instance: 1 },
      { at: 21, change: 'opened', instance: 2 },
      { at: 30, change: 'opened', instance: 3 },
    ] as const;
    const log = aLog([], { changes, isBroken: (instance) => instance === 3 });

    expect(outcomeOf(SCENARIO, log, false)).toMatchObject({ falseOpens: 2, openedAfterS: 2, opened: 4 });
    expect(outcomeOf(SCENARIO, log, true).falseOpens).toBe(1);
  });

  it('counts the probes that are under way at once', () => {
    const log = aLog([[12, 20]]);
    const probe = { arrivedAt: 15, workMs: 1000, hasFailed: true, isProbe: true };
    const probes = [15, 15.5, 16.2].map((begunAt) => ({ ...probe, begunAt, endedAt: begunAt + 1 }));

    expect(outcomeOf(SCENARIO, { ...log, calls: [...log.calls, ...probes] }, false).probesAtOnce).toBe(2);
  });
});

describe('held-out scenarios', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(heldOutScenarios(1, 5)).toEqual(heldOutScenarios(1, 5));
    expect(heldOutScenarios(2, 5)).not.toEqual(heldOutScenarios(1, 5));
  });

  it('lie in their ranges, and have some of each kind', () => {
    const scenarios = heldOutScenarios(1, 200);
    const share = (has: (scenario: Scenario) => boolean) => scenarios.filter(has).length / scenarios.length;

    for (const { instances, callsPerSecond, baseErrorRate, outages } of scenarios) {
      expect([instances >= 10, instances <= 2000]).toEqual([true, true]);
      expect([callsPerSecond >= 2, callsPerSecond <= 1000]).toEqual([true, true]);
      expect([baseErrorRate >= 0, baseErrorRate <= 0.02]).toEqual([true, true]);
      for (const { failureMs, share: failing } of outages) {
        expect([failureMs >= 10, failureMs <= 3000, failing >= 0.6, failing <= 1]).toEqual([true, true, true, true]);
      }
    }
    for (const some of [
      share(({ outages }) => outages.length > 1),
      share(({ outages }) => (outages[0]?.share ?? 1) < 1),
      share(({ brokenInstances }) => brokenInstances > 0),
      share(({ storeTroubles }) => storeTroubles.length > 0),
      share(({ clockSkewMs }) => clockSkewMs > 0),
    ]) {
      expect(some).toBeGreaterThan(0.15);
    }
  });
});
