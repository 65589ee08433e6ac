import type { Clock } from '../clock';
import { GatewayResponseError } from './gateway-response';
import { type MethodDefinition, methodKey } from './read-methods';

/** How fast requests may come: `ratePerSecond` in the long run, `burst` at once. */
export interface RateLimit {
  ratePerSecond: number;
  burst: number;
}

/** What a stage sets for one method, or for every method with the path `/*` and the verb `*`. */
export interface MethodSetting {
  /** As the API writes it, such as `/things/{thingId}`. */
  resourcePath: string;
  httpMethod: string;
  throttle: Partial<RateLimit>;
}

/** What AWS grants an account in a region, over all of its APIs; also the part of a limit that a template leaves out. */
const ACCOUNT_LIMIT: RateLimit = { ratePerSecond: 10_000, burst: 5_000 };
const EVERY_METHOD = '/*/*';

/**
 * Throttles the methods of a stage, and then all of them together as the account's limit does. Each method has a bucket
 * of its own, also where one setting speaks of all; what a method's own setting leaves out is as for all methods.
 *
 * The returned function
 * @throws {GatewayResponseError} THROTTLED
 * @throws {Error} at once for a setting whose method the API does not have
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function openStageThrottle(
  settings: readonly MethodSetting[],
  methods: readonly MethodDefinition[],
  clock: Clock,
): (method: MethodDefinition) => void {
  const byKey = new Map(settings.map((setting) => [methodKey(setting), setting.throttle]));
  const keys = methods.map(methodKey);
  const foreign = [...byKey.keys()].find((key) => key !== EVERY_METHOD && !keys.includes(key));
  if (foreign !== undefined) throw new Error(`method setting ${foreign}: the API has no such method`);
  const takeOfAccount = openTokenBucket({}, clock);
  const takeOfMethod = new Map(
    keys.map((key) => [key, openTokenBucket({ ...byKey.get(EVERY_METHOD), ...byKey.get(key) }, clock)]),
  );
  return (method) => {
    takeOfMethod.get(methodKey(method))?.();
    takeOfAccount();
  };
}

/**
 * Opens a full token bucket. The returned function takes a token.
 *
 * The returned function
 * @throws {GatewayResponseError} THROTTLED when there is none
 */
export function openTokenBucket(limit: Partial<RateLimit>, clock: Clock): () => void {
  const { ratePerSecond, burst } = { ...ACCOUNT_LIMIT, ...limit };
  let tokens = burst;
  let filledAtMs = clock.now();
  return () => {
    const nowMs = clock.now();
    tokens = Math.min(burst, tokens + ((nowMs - filledAtMs) / 1000) * ratePerSecond);
    filledAtMs = nowMs;
    if (tokens < 1) throw new GatewayResponseError('THROTTLED', 'Too Many Requests');
    tokens -= 1;
  };
}
