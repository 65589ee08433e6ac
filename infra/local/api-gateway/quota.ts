import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';

/** How many requests an API key has in each period. */
export interface Quota {
  limit: number;
  /** A day, a week from Sunday on, or a month, all in UTC. */
  period: 'DAY' | 'WEEK' | 'MONTH';
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Counts requests against quotas, durably: the count is stored before the request goes on. The returned function counts
 * one for `client`, a name that stays the same, or says `false` when the period's quota is used up.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
 */
export function openQuotaCounters(
  store: KeyValueStore,
  clock: Clock,
): (client: string, quota: Quota) => Promise<boolean> {
  let last: Promise<unknown> = Promise.resolve();
  return (client, quota) => {
    // One after another: two requests at a time would both read the same count.
    const counted = last.then(() => count(store, `quota/${client}`, quota, clock.now()));
    last = counted.catch(() => undefined);
    return counted;
  };
}

async function count(store: KeyValueStore, key: string, quota: Quota, nowMs: number): Promise<boolean> {
  const period = nameOfPeriod(quota.period, nowMs);
  const counter = await store.get<{ period: string; requests: number }>(key);
  const requests = counter?.period === period ? counter.requests : 0;
  if (requests >= quota.limit) return false;
  await store.write([{ key, value: { period, requests: requests + 1 } }]);
  return true;
}

function nameOfPeriod(period: Quota['period'], nowMs: number): string {
  const day = Math.floor(nowMs / DAY_MS);
  // The first day of the epoch was a Thursday, four days after a Sunday.
  const firstDay = period === 'WEEK' ? day - ((day + 4) % 7) : day;
  const date = new Date(firstDay * DAY_MS).toISOString();
  return `${period} ${date.slice(0, period === 'MONTH' ? 7 : 10)}`;
}
