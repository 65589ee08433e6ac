import { type Bucket, SLOTS } from './circuit-item';

/** How long a minute's bucket is. */
export const MINUTE_MS = 60_000;

/** The number of a piece of time, counted from 1970: no timer turns a window, so that a process may be frozen for as long as it likes. */
export function bucketOf(now: number, bucketMs: number): number {
  return Math.floor(now / bucketMs);
}

/** How long one slot of a window is. */
export function slotMsOf(windowMs: number): number {
  return windowMs / SLOTS;
}

/** The slots that lie in the window now. A slot of the future, by a clock that is ahead, counts as one of now. */
export function slotsIn(slots: readonly (Bucket | undefined)[], now: number, windowMs: number): Bucket[] {
  const oldest = bucketOf(now, slotMsOf(windowMs)) - SLOTS;
  return slots.filter((slot): slot is Bucket => slot !== undefined && slot.id > oldest);
}

/** The failures in the window. */
export function failuresIn(slots: readonly (Bucket | undefined)[], now: number, windowMs: number): number {
  return slotsIn(slots, now, windowMs).reduce((total, { failures }) => total + failures, 0);
}

/** How many calls the whole fleet makes, and for how long this is known, up to now. */
export interface Traffic {
  readonly perSecond: number;
  /** `Infinity`: for as long as it matters. Before that there were none, or there was no circuit. */
  readonly knownMs: number;
}

/**
 * The calls of the whole fleet in the last minute: what the current minute has, and of the one before the share that the last sixty
 * seconds still reach into. Where there is no minute before, the current one alone, by the time that has passed of it; and of a circuit
 * that is new, what it has, by its age: it knows of no calls before.
 *
 * @param createdAt when the circuit was made, which is what its epoch began with
 */
export function trafficOf(minutes: readonly (Bucket | undefined)[], now: number, createdAt: number): Traffic {
  const id = bucketOf(now, MINUTE_MS);
  const callsOf = (wanted: number) => minutes.find((minute) => minute?.id === wanted)?.calls;
  const elapsed = (now - id * MINUTE_MS) / MINUTE_MS;
  const current = callsOf(id) ?? 0;
  const before = callsOf(id - 1);
  const isNew = createdAt > (id - 1) * MINUTE_MS;
  if (before === undefined || isNew) {
    const since = before === undefined ? Math.max(id * MINUTE_MS, createdAt) : createdAt;
    const knownMs = Math.max(1_000, now - since);
    return { perSecond: ((current + (before ?? 0)) * 1_000) / knownMs, knownMs };
  }
  return { perSecond: (current + before * (1 - elapsed)) / (MINUTE_MS / 1_000), knownMs: Number.POSITIVE_INFINITY };
}
