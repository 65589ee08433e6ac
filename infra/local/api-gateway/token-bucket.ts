import type { Clock } from '../clock';

/** How fast requests may come: `ratePerSecond` in the long run, `burst` at once. */
export interface RateLimit {
  ratePerSecond: number;
  burst: number;
}

/** What AWS grants an account in a region, over all of its APIs; also the part of a limit that a template leaves out. */
export const ACCOUNT_LIMIT: RateLimit = { ratePerSecond: 10_000, burst: 5_000 };

/**
 * Opens a full token bucket. The returned function takes a token, or says `false` when there is none.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function openTokenBucket(limit: Partial<RateLimit>, clock: Clock): () => boolean {
  const { ratePerSecond, burst } = { ...ACCOUNT_LIMIT, ...limit };
  let tokens = burst;
  let filledAtMs = clock.now();
  return () => {
    const nowMs = clock.now();
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) / 1000) * ratePerSecond);
    filledAtMs = nowMs;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}
