import type { Clock } from '../clock';
import type { KeyValueStore } from '../storage/key-value-store';
import { GatewayResponseError } from './gateway-response-error';
import { openQuotaCounters, type Quota } from './quota';
import { type MethodDefinition, methodKey } from './read-methods';
import { throttled } from './stage-throttle';
import { openTokenBucket, type RateLimit } from './token-bucket';

/** One usage plan, as far as it is about the stage that is served. */
export interface UsagePlanDefinition {
  usagePlanId: string;
  /** For each API key; no limit but the stage's and the account's when absent. */
  throttle?: Partial<RateLimit>;
  /** For each API key, in place of `throttle`, by `<path>/<METHOD>`. */
  methodThrottles: Readonly<Record<string, Partial<RateLimit>>>;
  quota?: Quota;
  apiKeys: readonly ApiKeyDefinition[];
}

export interface ApiKeyDefinition {
  apiKeyId: string;
  value: string;
  isEnabled: boolean;
}

/** Admits one request of a method that needs an API key, and returns the key it came with. */
type AdmitClient = (method: MethodDefinition, keyValue: string | undefined) => Promise<ApiKeyDefinition>;

interface Client {
  plan: UsagePlanDefinition;
  apiKey: ApiKeyDefinition;
  take: (() => boolean) | undefined;
  takeOfMethod: Map<string, () => boolean>;
}

/**
 * Opens the usage plans of a stage. A request that is throttled does not count against the quota.
 *
 * The returned function
 * @throws {GatewayResponseError} INVALID_API_KEY, THROTTLED or QUOTA_EXCEEDED
 * @throws {Error} at once when one key is in two plans, a throttle is for a method that the API does not have, or there
 * is a quota and no store
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export function openUsagePlans(
  plans: readonly UsagePlanDefinition[],
  methods: readonly MethodDefinition[],
  { store, clock }: { store?: KeyValueStore | undefined; clock: Clock },
): AdmitClient {
  checkPlans(plans, new Set(methods.map(methodKey)), store);
  const clients = openClients(plans, clock);
  const countRequest = store && openQuotaCounters(store, clock);
  return async (method, keyValue) => {
    const client = clients.get(keyValue ?? '');
    if (!client?.apiKey.isEnabled) {
      throw new GatewayResponseError('INVALID_API_KEY', 'Forbidden', { log: 'API Key not authorized for the stage' });
    }
    const { plan, apiKey } = client;
    const place = `API Key ${apiKey.apiKeyId} of Usage Plan ${plan.usagePlanId}`;
    const take = client.takeOfMethod.get(methodKey(method)) ?? client.take;
    if (take?.() === false) throw throttled(`${place} exceeded throttle limit for ${methodKey(method)}`);
    if (plan.quota && countRequest && !(await countRequest(`${plan.usagePlanId}/${apiKey.apiKeyId}`, plan.quota))) {
      const log = `${place} exceeded quota limit. Limit: ${plan.quota.limit} Period: ${plan.quota.period}`;
      throw new GatewayResponseError('QUOTA_EXCEEDED', 'Limit Exceeded', { log });
    }
    return apiKey;
  };
}

function checkPlans(
  plans: readonly UsagePlanDefinition[],
  known: ReadonlySet<string>,
  store: KeyValueStore | undefined,
): void {
  for (const { usagePlanId, quota, methodThrottles } of plans) {
    const where = `usage plan ${usagePlanId}`;
    if (quota !== undefined && store === undefined) throw new Error(`${where}: a quota needs a store for its counts`);
    const foreign = Object.keys(methodThrottles).find((key) => !known.has(key));
    if (foreign !== undefined) throw new Error(`${where}: throttle ${foreign}: the API has no such method`);
  }
}

function openClients(plans: readonly UsagePlanDefinition[], clock: Clock): Map<string, Client> {
  const clients = new Map<string, Client>();
  for (const plan of plans) {
    for (const apiKey of plan.apiKeys) {
      const other = clients.get(apiKey.value);
      if (other !== undefined) {
        const places = `${other.plan.usagePlanId} and ${plan.usagePlanId}`;
        throw new Error(`an API key can be in one usage plan of a stage, but ${apiKey.apiKeyId} is in ${places}`);
      }
      clients.set(apiKey.value, {
        plan,
        apiKey,
        take: plan.throttle && openTokenBucket(plan.throttle, clock),
        takeOfMethod: new Map(
          Object.entries(plan.methodThrottles).map(([key, limit]) => [key, openTokenBucket(limit, clock)]),
        ),
      });
    }
  }
  return clients;
}
