import type { Scenario } from './scenario';

/** A minute that all is well, with every instance cold at first; about a minute in which each call times out after a second; and a minute after. */
const S1: Scenario = {
  name: 'S1',
  title: '300 instances, 200 calls/s, 1 s timeouts, 0.1 % base errors',
  instances: 300,
  callsPerSecond: 200,
  baseErrorRate: 0.001,
  outages: [{ from: 60, seconds: 60, share: 1, failureMs: 1000 }],
  outageVariesByS: 10,
  tailSeconds: 60,
  brokenInstances: 0,
  brokenMs: 1000,
  clockSkewMs: 0,
  storeTroubles: [],
  seeds: 5,
};

/** The scenarios on which breakers, ours too, were tried while they were made. */
export const knownScenarios: readonly Scenario[] = [
  S1,
  { ...S1, name: 'S2', title: '1000 instances, 200 calls/s', instances: 1000 },
  { ...S1, name: 'S3', title: 'S1, the first prober of the outage dies', proberDies: 'in the outage' },
  { ...S1, name: 'S3b', title: 'S1, the first prober after the outage dies', proberDies: 'after the outage' },
  {
    ...S1,
    name: 'S4',
    title: 'S1, the store is down during the outage',
    storeTroubles: [{ kind: 'down', from: 60, seconds: 70 }],
  },
  { ...S1, name: 'S5', title: 'S1 without an outage, 1 % errors', outages: [], tailSeconds: 300, baseErrorRate: 0.01 },
  { ...S1, name: 'S6', title: '300 instances, 20 calls/s', callsPerSecond: 20, tailSeconds: 240 },
  { ...S1, name: 'S6b', title: '1000 instances, 20 calls/s', instances: 1000, callsPerSecond: 20, tailSeconds: 240 },
  {
    ...S1,
    name: 'S7',
    title: 'S1, calls fail after 20 ms',
    outages: [{ from: 60, seconds: 60, share: 1, failureMs: 20 }],
  },
  {
    ...S1,
    name: 'S8',
    title: '3000 instances, 2000 calls/s (half as long: 30 s of each)',
    instances: 3000,
    callsPerSecond: 2000,
    outages: [{ from: 30, seconds: 30, share: 1, failureMs: 1000 }],
    tailSeconds: 30,
    seeds: 1,
  },
  {
    ...S1,
    name: 'S9',
    title: 'S1 without an outage, one broken instance',
    outages: [],
    tailSeconds: 300,
    brokenInstances: 1,
  },
  { ...S1, name: 'S10', title: 'S1, clocks wrong by up to 2 s', clockSkewMs: 2000 },
  { ...S1, name: 'S11', title: 'S1, clocks wrong by up to 15 s', clockSkewMs: 15_000 },
];
