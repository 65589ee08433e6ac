import { type Bucket, type CircuitItem, SLOTS } from './circuit-item';
import type { CircuitSettings } from './options';
import { bucketOf, failuresIn, slotMsOf, trafficOf } from './window';

/** Up to this many calls a second of the whole fleet, every one is counted. */
export const COUNTED_PER_SECOND = 5;

/** Beyond it, successes are told by samples: so many in a second, however many calls there are. */
export const SAMPLES_PER_SECOND = 0.25;

/**
 * Failures are told one by one up to this many calls a second, and by samples beyond: one item takes a thousand writes a second, and what is
 * throttled would be missing from the rate.
 */
const FAILURES_PER_SECOND = 200;

/** The share of failures that is told, by what is known of the calls. */
export function failureShare({ minutes, epoch }: Pick<Counts, 'minutes' | 'epoch'>, now: number): number {
  return Math.min(1, FAILURES_PER_SECOND / trafficOf(minutes, now, epoch).perSecond);
}

/** The share of successes that is told, by what is known of the calls. */
export function sampleShare({ minutes, epoch }: Pick<Counts, 'minutes' | 'epoch'>, now: number): number {
  const { perSecond } = trafficOf(minutes, now, epoch);
  if (perSecond <= COUNTED_PER_SECOND) return 1;
  return SAMPLES_PER_SECOND / perSecond;
}

/** What calls came to: the part of a circuit that its rule looks at. */
export type Counts = Pick<CircuitItem, 'slots' | 'minutes' | 'reporters' | 'epoch'>;

type Rule = Pick<CircuitSettings, 'failureThreshold' | 'failureRate' | 'windowMs' | 'minimumReporters'>;

/**
 * Whether the circuit should open: in the last two slots, or three, or up to the whole window, there are failures enough, they are
 * the greater part of the calls, and enough instances saw some. The shorter stretches find a sudden outage soon, where calls are
 * many; the longer ones find it at all where they are few.
 *
 * Failures are counted one by one, or by many samples; calls by few. The calls of a stretch are what the fleet made in the last minute, spread
 * evenly, because few samples say little; but at least half of what the samples say, since a minute knows nothing yet of a burst.
 * Where every call is counted, the count itself is taken.
 */
export function shouldTrip({ slots, minutes, reporters, epoch }: Counts, rule: Rule, now: number): boolean {
  // Most questions end here: too few failures.
  if (failuresIn(slots, now, rule.windowMs) < rule.failureThreshold) return false;
  const slotMs = slotMsOf(rule.windowMs);
  const current = bucketOf(now, slotMs);
  if (rule.minimumReporters > 1 && countReporters(reporters, current) < rule.minimumReporters) return false;
  const { perSecond, knownMs } = trafficOf(minutes, now, epoch);
  let failures = 0;
  let counted = 0;
  for (let back = 0; back < SLOTS; back += 1) {
    const slot = slotAt(slots, current - back);
    failures += slot.failures;
    counted += slot.calls;
    if (back === 0) continue;
    const spread = (perSecond * Math.min(now - (current - back) * slotMs, knownMs)) / 1000;
    const calls = perSecond <= COUNTED_PER_SECOND ? counted : Math.max(spread, counted / 2);
    if (failures >= rule.failureThreshold && failures >= rule.failureRate * calls) return true;
  }
  return false;
}

const NOTHING: Bucket = { id: 0, calls: 0, failures: 0 };

function slotAt(slots: Counts['slots'], id: number): Bucket {
  const slot = slots[id % SLOTS];
  return slot?.id === id ? slot : NOTHING;
}

function countReporters(reporters: Counts['reporters'], current: number): number {
  return reporters.filter((slot) => slot !== undefined && slot > current - SLOTS).length;
}
