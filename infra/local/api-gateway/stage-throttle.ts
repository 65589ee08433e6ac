import type { Clock } from '../clock';
import { GatewayResponseError } from './gateway-response-error';
import { type MethodDefinition, methodKey } from './read-methods';
import { ACCOUNT_LIMIT, openTokenBucket, type RateLimit } from './token-bucket';

/** What a stage sets for one method, or for every method with the path `/*` and the verb `*`. */
export interface MethodSetting {
  /** As the API writes it, such as `/things/{thingId}`. */
  resourcePath: string;
  httpMethod: string;
  throttle: Partial<RateLimit>;
}

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
  const known = new Set([EVERY_METHOD, ...methods.map(methodKey)]);
  const foreign = [...byKey.keys()].find((key) => !known.has(key));
  if (foreign !== undefined) {
    throw new Error(
      `method setting ${foreign}: the API has no such method; settings are for one method or ${EVERY_METHOD}`,
    );
  }
  const takeOfAccount = openTokenBucket(ACCOUNT_LIMIT, clock);
  const takeOfMethod = new Map(
    methods.map((method) => {
      const key = methodKey(method);
      return [key, openTokenBucket({ ...byKey.get(EVERY_METHOD), ...byKey.get(key) }, clock)];
    }),
  );
  return (method) => {
    const key = methodKey(method);
    if (takeOfMethod.get(key)?.() === false) throw throttled(`${key} exceeds its throttle limit in the stage`);
    if (!takeOfAccount()) throw throttled('the account exceeds its throttle limit');
  };
}

const EVERY_METHOD = methodKey({ resourcePath: '/*', httpMethod: '*' });

/** The refusal of a request that came too fast; `log` says whose limit it was. */
export function throttled(log: string): GatewayResponseError {
  return new GatewayResponseError('THROTTLED', 'Too Many Requests', { log });
}
