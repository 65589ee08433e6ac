import { seededRandom } from './seeded-random';

/** What happens to a fleet. Instants are seconds from the start of the run. */
export interface Scenario {
  /** Short, as `S1`. */
  readonly name: string;
  readonly title: string;
  /** Execution environments, each cold at its first call. */
  readonly instances: number;
  /** Of the whole fleet, at random instants. */
  readonly callsPerSecond: number;
  /** The share of calls that fail though the party is well. */
  readonly baseErrorRate: number;
  readonly outages: readonly Outage[];
  /** Each outage is longer by up to this, by the seed: recovery hangs on where in a break an outage ends. */
  readonly outageVariesByS: number;
  /** How long the run goes on after the last outage, or as a whole where there is none. */
  readonly tailSeconds: number;
  /** How many instances cannot reach the party, whatever its state: each of their calls fails. */
  readonly brokenInstances: number;
  /** How long a call takes that fails at a broken instance. */
  readonly brokenMs: number;
  /** Each instance's clock is wrong by up to this, either way. */
  readonly clockSkewMs: number;
  readonly storeTroubles: readonly StoreTrouble[];
  /** The first instance that sends a probe in the first outage, or after the last one, dies of it: the call never ends. */
  readonly proberDies?: 'in the outage' | 'after the outage';
  /** Seeds over which the median is taken. */
  readonly seeds: number;
}

export interface Outage {
  readonly from: number;
  readonly seconds: number;
  /** The share of calls that fails: 1 is a dead party. */
  readonly share: number;
  /** How long a call takes that fails. */
  readonly failureMs: number;
}

/**
 * `down`: every request fails. `slow`: it takes half a second to two. `flaky`: each third fails. `answers lost`: it is done, and each
 * second one is not told so.
 */
export interface StoreTrouble {
  readonly kind: 'down' | 'slow' | 'flaky' | 'answers lost';
  readonly from: number;
  readonly seconds: number;
}

/** The scenario of one run. */
export function withSeed(scenario: Scenario, seed: number): Scenario {
  const random = seededRandom(seed, 'outage');
  const vary = (outage: Outage) => ({ ...outage, seconds: outage.seconds + random() * scenario.outageVariesByS });
  return { ...scenario, outages: scenario.outages.map(vary) };
}

/** When the last outage is over; 0 where there is none. */
export function outagesEndAt({ outages }: Scenario): number {
  return Math.max(0, ...outages.map(({ from, seconds }) => from + seconds));
}

/** How long the run takes, in seconds. */
export function lengthOf(scenario: Scenario): number {
  return outagesEndAt(scenario) + scenario.tailSeconds;
}
