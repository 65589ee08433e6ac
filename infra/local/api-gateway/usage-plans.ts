import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { GatewayResponseError } from './gateway-response';
import { openQuotaCounters, type Quota } from './quota';
import { openTokenBucket, type RateLimit } from './stage-throttle';

/** One usage plan, as far as it is about the stage that is served. */
export interface UsagePlanDefinition {
  usagePlanId: string;
  /** For each API key; no limit but the stage's and the account's when absent. */
  throttle?: Partial<RateLimit>;
  quota?: Quota;
  /** Those that are enabled. */
  apiKeys: readonly ApiKeyDefinition[];
}

interface ApiKeyDefinition {
  apiKeyId: string;
  value: string;
}

/** Admits one request of a method that needs an API key, and returns the key it came with. */
type AdmitClient = (keyValue: string | undefined) => Promise<ApiKeyDefinition>;

/**
 * Opens the usage plans of a stage. A request that is throttled does not count against the quota.
 *
 * The returned function
 * @throws {GatewayResponseError} INVALID_API_KEY, THROTTLED or QUOTA_EXCEEDED
 * @throws {Error} at once when one key is in two plans
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export function openUsagePlans(
  plans: readonly UsagePlanDefinition[],
  { store, clock }: { store: KeyValueStore; clock: Clock },
): AdmitClient {
  const countRequest = openQuotaCounters(store, clock);
  const clients = new Map<string, () => Promise<ApiKeyDefinition>>();
  for (const { usagePlanId, throttle = {}, quota, apiKeys } of plans) {
    for (const apiKey of apiKeys) {
      if (clients.has(apiKey.value)) {
        throw new Error(`an API key can be in one usage plan of a stage, but ${apiKey.apiKeyId} is in two`);
      }
      const take = openTokenBucket(throttle, clock);
      clients.set(apiKey.value, async () => {
        take();
        if (quota === undefined || (await countRequest(`${usagePlanId}/${apiKey.apiKeyId}`, quota))) return apiKey;
        throw new GatewayResponseError('QUOTA_EXCEEDED', 'Limit Exceeded');
      });
    }
  }
  return async (keyValue = '') => {
    const admit = clients.get(keyValue);
    if (admit === undefined) throw new GatewayResponseError('INVALID_API_KEY', 'Forbidden');
    return admit();
  };
}
