import type { Outage, Scenario, StoreTrouble } from './scenario';
import { seededRandom } from './seeded-random';

const HEALTHY_SECONDS = 60;
const TAIL_SECONDS = 90;
/** Of one scenario, so that the set runs in minutes: with more calls in a second, outages and the rest are shorter. */
const MOST_CALLS = 80_000;
/** Lambda has an instance for each call under way: there are twice as many as calls that go well need at once. */
const SECONDS_OF_INSTANCES = 0.08;

/**
 * Scenarios that nobody has chosen: drawn by a seed, and on which nothing was tuned. Fleets of 10 to 2000 instances and 2 to 1000 calls a
 * second, evenly on a logarithmic scale; failures after 10 ms to 3 s; partial outages, several short ones, broken instances, wrong
 * clocks, a store that is in trouble.
 */
export function heldOutScenarios(seed: number, count: number): Scenario[] {
  return Array.from({ length: count }, (_, index) => heldOutScenario(seededRandom(seed, `held out ${index}`), index));
}

function heldOutScenario(random: () => number, index: number): Scenario {
  const between = (from: number, to: number) => from + (to - from) * random();
  const onLogScale = (from: number, to: number) => Math.exp(between(Math.log(from), Math.log(to)));
  const drawnInstances = Math.round(onLogScale(10, 2000));
  const callsPerSecond = Number(onLogScale(2, 1000).toPrecision(2));
  const instances = Math.max(drawnInstances, Math.ceil(callsPerSecond * SECONDS_OF_INSTANCES));
  const failureMs = Math.round(onLogScale(10, 3000));
  const baseErrorRate = Number(between(0, 0.02).toFixed(4));
  const share = random() < 0.5 ? 1 : Number(between(0.6, 1).toFixed(2));
  const stretch = Math.min(1, MOST_CALLS / (callsPerSecond * 210));
  const outages = drawOutages(random, { share, failureMs }, stretch);
  const brokenInstances = random() < 0.3 ? Math.max(1, Math.round(instances * between(0, 0.02))) : 0;
  const clockSkewMs = random() < 0.3 ? Math.round(onLogScale(50, 5000)) : 0;
  const storeTroubles = random() < 0.35 ? [drawTrouble(random, outages)] : [];
  const drawn = { instances, callsPerSecond, baseErrorRate, outages, brokenInstances, clockSkewMs, storeTroubles };
  return {
    ...drawn,
    name: `H${index + 1}`,
    title: toTitle(drawn),
    outageVariesByS: 5 * stretch,
    tailSeconds: Math.round(TAIL_SECONDS * stretch),
    brokenMs: failureMs,
    ...(random() < 0.2 && { proberDies: 'in the outage' as const }),
    seeds: 3,
  };
}

function drawOutages(random: () => number, how: Pick<Outage, 'share' | 'failureMs'>, stretch: number): Outage[] {
  const between = (from: number, to: number) => from + (to - from) * random();
  const areShort = random() < 0.3;
  const outages: Outage[] = [];
  let from = Math.round(HEALTHY_SECONDS * stretch);
  for (let left = areShort ? 3 : 1; left > 0; left -= 1) {
    const seconds = Math.round((areShort ? between(3, 15) : between(20, 60)) * stretch) || 1;
    outages.push({ from, seconds, ...how });
    from += seconds + Math.round(between(20, 40) * stretch);
  }
  return outages;
}

function drawTrouble(random: () => number, outages: readonly Outage[]): StoreTrouble {
  const kinds = ['down', 'slow', 'flaky', 'answers lost'] as const;
  const { from = 0, seconds = 0 } = outages[0] ?? {};
  const late = Math.round(seconds * random());
  return {
    kind: kinds[Math.floor(random() * kinds.length)] ?? 'down',
    from: from + late,
    seconds: Math.round(seconds * (0.3 + random())),
  };
}

function toTitle(
  drawn: Pick<
    Scenario,
    'instances' | 'callsPerSecond' | 'baseErrorRate' | 'outages' | 'brokenInstances' | 'clockSkewMs' | 'storeTroubles'
  >,
): string {
  const { instances, callsPerSecond, baseErrorRate, outages, brokenInstances, clockSkewMs, storeTroubles } = drawn;
  const [{ share = 1, failureMs = 0 } = {}] = outages;
  return [
    `${instances} instances, ${callsPerSecond} calls/s, failures after ${failureMs} ms`,
    `${(baseErrorRate * 100).toFixed(1)} % base errors`,
    `outages of ${outages.map(({ seconds }) => seconds).join('+')} s`,
    ...(share < 1 ? [`${Math.round(share * 100)} % fail`] : []),
    ...(brokenInstances > 0 ? [`${brokenInstances} broken`] : []),
    ...(clockSkewMs > 0 ? [`clocks +-${clockSkewMs} ms`] : []),
    ...storeTroubles.map(({ kind }) => `store ${kind}`),
  ].join(', ');
}
