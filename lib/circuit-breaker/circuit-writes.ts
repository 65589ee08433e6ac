import { breakDuration, nextBreaks } from './break-duration';
import { type CircuitItem, ITEM_VERSION, minuteNames, REPORTERS, reporterName, SLOTS, slotNames } from './circuit-item';
import type { AttributeValue, ItemUpdate, WriteCondition } from './circuit-store';
import type { CircuitSettings } from './options';
import { bucketOf, MINUTE_MS, trafficOf } from './window';

/** An item is kept for a week after its last write: circuits of shards and tenants that are gone go too. */
const KEPT_SECONDS = 7 * 24 * 3600;

/** When an item that was written now is deleted, in epoch seconds. */
export const expiresAt = (now: number) => Math.ceil(now / 1000) + KEPT_SECONDS;

const inEpoch = (epoch: number): WriteCondition => ({ attribute: 'epoch', is: '=', value: epoch });

/** What holds of everything that a circuit decides by itself. An operator's decision changes the epoch, too. */
const undecided: WriteCondition = { attribute: 'mode', is: 'missing' };

/** So long after its start, a minute that this instance knows nothing of has most likely been begun by another. */
const BEGUN_MS = 2_000;

/** The attributes of a circuit of which nothing is known but that it exists. Its epoch is larger than that of an earlier one that is gone. */
function newItem(now: number): Record<string, AttributeValue> {
  return {
    v: ITEM_VERSION,
    state: 'CLOSED',
    epoch: now,
    until: 0,
    breaks: 0,
    leaseUntil: 0,
    fence: 0,
    probeSuccesses: 0,
  };
}

/** Makes the item of a circuit that has none. */
export function createItem(now: number): ItemUpdate {
  return { set: { ...newItem(now), expiresAt: expiresAt(now) }, when: [{ attribute: 'v', is: 'missing' }] };
}

/** What one instance has to tell of one slot. */
export interface Report {
  readonly slot: number;
  readonly minute: number;
  /** All of them. */
  readonly failures: number;
  /** Failures, and for each success that is told as many as it stands for. */
  readonly calls: number;
  /** 0 to 15, when it is wanted who has seen failures. */
  readonly reporter?: number;
}

/**
 * Adds what an instance has seen to the counts of its slot and minute, if the circuit is closed and still in the epoch in which the
 * calls began. Each bucket is begun anew where its place holds an older one, and left alone where it holds a newer one. `item` is what
 * is known of the circuit: the write is made only if the buckets are as they are there.
 *
 * @param mayGuess whether to take it that the minute has been begun since: true for most, and a second write for the others
 * @returns `undefined` when nothing is left to be told: the slot is over, and its place is taken
 */
export function addReport(item: CircuitItem, report: Report, now: number, mayGuess = false): ItemUpdate | undefined {
  const { slot, minute, failures, calls, reporter } = report;
  const slots = slotNames(slot % SLOTS);
  const minutes = minuteNames(minute % 2);
  const inSlot = addTo(item.slots[slot % SLOTS]?.id, slot, slots.id, {
    [slots.calls]: calls,
    [slots.failures]: failures,
  });
  const isBegun = mayGuess && now - minute * MINUTE_MS > BEGUN_MS && item.minutes.some((known) => known !== undefined);
  const inMinute = addTo(isBegun ? minute : item.minutes[minute % 2]?.id, minute, minutes.id, {
    [minutes.calls]: calls,
  });
  if (!inSlot && failures > 0) return undefined;
  if (!inSlot && !inMinute) return undefined;
  return {
    set: {
      ...inSlot?.set,
      ...inMinute?.set,
      ...(failures > 0 && reporter !== undefined && { [reporterName(reporter)]: slot }),
      expiresAt: expiresAt(now),
    },
    add: { ...inSlot?.add, ...inMinute?.add },
    when: [inEpoch(item.epoch), ...(inSlot?.when ?? []), ...(inMinute?.when ?? [])],
  };
}

function addTo(
  found: number | undefined,
  wanted: number,
  id: string,
  counts: Readonly<Record<string, number>>,
): ItemUpdate | undefined {
  if (found === wanted) return { add: counts, when: [{ attribute: id, is: '=', value: wanted }] };
  if (found !== undefined && found > wanted) return undefined;
  const set = { [id]: wanted, ...counts };
  return { set, when: [{ attribute: id, is: '<', value: wanted, orMissing: true }] };
}

/** Opens the circuit, unless somebody else has. */
export function open(item: CircuitItem, settings: CircuitSettings, now: number, random: number): ItemUpdate {
  const breaks = nextBreaks(settings, item, now);
  return {
    set: {
      state: 'OPEN',
      epoch: item.epoch + 1,
      openedAt: now,
      until: now + breakDuration(settings, breaks, random),
      breaks,
      leaseUntil: 0,
      probeSuccesses: 0,
      expiresAt: expiresAt(now),
    },
    when: [inEpoch(item.epoch), { attribute: 'state', is: '=', value: 'CLOSED' }, undecided],
  };
}

/** Takes the lease of the one probe, if the break is over and nobody else has it. */
export function takeLease(item: CircuitItem, leaseMs: number, now: number): ItemUpdate {
  return {
    set: { leaseUntil: now + leaseMs },
    add: { fence: 1 },
    when: [
      inEpoch(item.epoch),
      { attribute: 'state', is: '=', value: 'OPEN' },
      undecided,
      { attribute: 'until', is: '<=', value: now },
      { attribute: 'leaseUntil', is: '<=', value: now },
    ],
  };
}

/** Holds for the holder of a lease, once: whose lease ran out, and was taken by another, changes nothing, nor does who has told before. */
function underLease({ epoch, fence, leaseUntil }: CircuitItem): WriteCondition[] {
  return [
    inEpoch(epoch),
    { attribute: 'fence', is: '=', value: fence },
    { attribute: 'leaseUntil', is: '=', value: leaseUntil },
  ];
}

/** A probe went well, but another one is asked for: the next may follow at once. */
export function noteProbeSuccess(item: CircuitItem): ItemUpdate {
  return { set: { leaseUntil: 0, probeSuccesses: item.probeSuccesses + 1 }, when: underLease(item) };
}

/** The last probe that was asked for went well: the circuit is closed, and counts from nothing. */
export function close(item: CircuitItem, now: number): ItemUpdate {
  return {
    set: {
      state: 'CLOSED',
      epoch: item.epoch + 1,
      closedAt: now,
      leaseUntil: 0,
      expiresAt: expiresAt(now),
      ...minutesAsBefore(item, now),
    },
    remove: countNames(),
    when: underLease(item),
  };
}

/** A probe has failed: the circuit stays open, and for longer. */
export function reopen(item: CircuitItem, settings: CircuitSettings, now: number, random: number): ItemUpdate {
  const breaks = item.breaks + 1;
  return {
    set: {
      until: now + breakDuration(settings, breaks, random),
      breaks,
      leaseUntil: 0,
      probeSuccesses: 0,
      expiresAt: expiresAt(now),
    },
    when: underLease(item),
  };
}

/** A probe said nothing about the party, or was not sent: the next one may follow at once. */
export function releaseLease(item: CircuitItem): ItemUpdate {
  return { set: { leaseUntil: 0 }, when: underLease(item) };
}

/** The attributes that hold what calls came to; those of minutes stay, since they say how many calls there are and not how they end. */
export function countNames(): string[] {
  const slots = Array.from({ length: SLOTS }, (_, at) => Object.values(slotNames(at))).flat();
  return [...slots, ...Array.from({ length: REPORTERS }, (_, reporter) => reporterName(reporter))];
}

/** The counts of minutes as if calls had gone on as before it opened: while it was open, nobody told of any. */
function minutesAsBefore(item: CircuitItem, now: number): Record<string, number> {
  const { perSecond } = trafficOf(item.minutes, item.openedAt ?? now, item.epoch);
  const id = bucketOf(now, MINUTE_MS);
  const [before, current] = [minuteNames((id - 1) % 2), minuteNames(id % 2)];
  return {
    [before.id]: id - 1,
    [before.calls]: Math.round(perSecond * 60),
    [current.id]: id,
    [current.calls]: Math.round((perSecond * (now - id * MINUTE_MS)) / 1000),
  };
}
