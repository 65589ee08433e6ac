/** How long an error asks to wait before a repeat, in milliseconds: its `retryAfterMs`, else its `retryAfterSeconds`. */
export function retryAfterMsOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { retryAfterMs, retryAfterSeconds } = error as { retryAfterMs?: unknown; retryAfterSeconds?: unknown };
  if (isDelay(retryAfterMs)) return retryAfterMs;
  return isDelay(retryAfterSeconds) ? retryAfterSeconds * 1000 : undefined;
}

/**
 * Reads a `Retry-After` header: whole seconds, or a date.
 *
 * @returns milliseconds from `now`, 0 for a date that has passed; `undefined` for what is neither, which is as if nothing had been said
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function parseRetryAfter(header: string, now: number): number | undefined {
  const value = header.trim();
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  // Dates only in the form of RFC 9110: `Date.parse` also takes "-1" and "2.5" for dates.
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(value)
    ? Date.parse(value)
    : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

function isDelay(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
}
