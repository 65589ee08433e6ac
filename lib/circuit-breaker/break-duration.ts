import type { CircuitSettings } from './options';

/**
 * How long the circuit stays open before a probe, in milliseconds: doubled with each break in a row, up to the longest, and a tenth
 * more or less, so that circuits that opened together do not probe together.
 *
 * @param breaks how often it has opened or stayed open in a row, this time included: 1 or more
 * @param random from 0 up to 1
 */
export function breakDuration(
  { breakMs, maxBreakMs }: Pick<CircuitSettings, 'breakMs' | 'maxBreakMs'>,
  breaks: number,
  random: number,
): number {
  const grown = Math.min(breakMs * 2 ** Math.min(breaks - 1, 30), maxBreakMs);
  return Math.round(grown * (0.9 + 0.2 * random));
}

/** The break that opens a circuit: one that was closed only a short time ago goes on where it had been. */
export function nextBreaks(
  { maxBreakMs, windowMs }: Pick<CircuitSettings, 'maxBreakMs' | 'windowMs'>,
  { breaks, closedAt }: { readonly breaks: number; readonly closedAt?: number },
  now: number,
): number {
  const isRelapse = closedAt !== undefined && now - closedAt < maxBreakMs + windowMs;
  return isRelapse ? breaks + 1 : 1;
}

/** The share of calls that is let through right after closing. */
const FIRST_SHARE = 0.2;

/** The share of calls that a circuit lets through that was closed `sinceMs` ago: 0.2 at first, and 1 when `rampMs` is over. */
export function rampShare(sinceMs: number, rampMs: number): number {
  if (sinceMs >= rampMs) return 1;
  return FIRST_SHARE + (1 - FIRST_SHARE) * (Math.max(sinceMs, 0) / rampMs);
}
