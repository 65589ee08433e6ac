import type { View } from './shared-circuit';

/** While all is well. Bounds the reads of an instance, and how long it may call a party that the others have found dead. */
const IDLE_MS = 30_000;

/** After a failure of its own, for {@link ALERT_MS}. */
const ALERT_LOOK_MS = 1_000;
const ALERT_MS = 10_000;

/** While the circuit is open and no probe may be sent, or a mode is forced: only an operator can change that. */
const OPEN_LOOK_MS = 5_000;

/** While a probe is under way, and before a lease is asked for: a read that finds it taken costs a tenth of a write that does. */
const PROBING_LOOK_MS = 700;

/** After a look that failed: doubled with each further one, up to the longest. */
const PAUSE_MS = 1_000;

/** When an instance has last looked, whatever came of it, and how often in a row nothing has. */
export interface Looks {
  readonly lookedAt: number;
  readonly failedLooks: number;
}

/** What is known, and since when. */
interface Known {
  readonly view: View;
  readonly viewAt: number;
}

/** Whether a look should go beside a call. `sinceFailureMs`: since the instance last saw a call fail. */
export function lookIsDue({ view, viewAt }: Known, looks: Looks, sinceFailureMs: number, now: number): boolean {
  if (isPausing(looks, now)) return false;
  const isForced = typeof view === 'object' && view.mode !== undefined;
  const intervalMs = isForced
    ? OPEN_LOOK_MS
    : typeof view === 'object' && view.state === 'OPEN'
      ? openIntervalMs(view.until, now)
      : closedIntervalMs(sinceFailureMs);
  return now - Math.max(viewAt, looks.lookedAt) >= intervalMs;
}

/** Whether a call should wait for a look: the first ever, one that is older than the call takes, and before a lease is asked for. */
export function mustLookFirst({ view, viewAt }: Known, looks: Looks, maxViewAgeMs: number, now: number): boolean {
  if (isPausing(looks, now)) return false;
  if (view === 'unknown' || now - viewAt > maxViewAgeMs) return true;
  if (typeof view !== 'object' || view.state !== 'OPEN' || view.mode) return false;
  const mayLease = now >= view.until && now >= view.leaseUntil;
  return mayLease && now - viewAt > PROBING_LOOK_MS;
}

function closedIntervalMs(sinceFailureMs: number): number {
  return sinceFailureMs < ALERT_MS ? ALERT_LOOK_MS : IDLE_MS;
}

function openIntervalMs(until: number, now: number): number {
  return now < until ? OPEN_LOOK_MS : PROBING_LOOK_MS;
}

function isPausing({ lookedAt, failedLooks }: Looks, now: number): boolean {
  return failedLooks > 0 && now - lookedAt < Math.min(PAUSE_MS * 2 ** (failedLooks - 1), IDLE_MS);
}
