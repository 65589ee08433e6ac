import type { ApiCall, RequestContext } from './api-call';
import { evaluatePolicy, type Policy, parsePolicy } from './authorizer-policy';
import { GatewayResponseError } from './gateway-response-error';
import { findHeader } from './http-message';
import { callLambda, type LambdaAccess, type LambdaOutcome } from './lambda-call';
import { type MatchedRequest, toRequestEvent } from './proxy-event';
import type { AuthorizerDefinition } from './read-authorizers';

/** Decides whether a call may go on, and returns what the authorizer said of the caller. */
export type Authorize = (call: ApiCall, matched: MatchedRequest, methodArn: string) => Promise<Admission>;

interface Admission {
  /** What the function gets as `requestContext.authorizer`. */
  context: NonNullable<RequestContext['authorizer']>;
  /** The API key that the call counts for, when the API takes its keys from the authorizer. */
  usageIdentifierKey?: string;
}

interface Result extends Admission {
  policy: Policy;
}

/** How long the gateway waits for an authorizer. */
const TIMEOUT_MS = 29_000;
/** Bounds the memory that kept results can take. */
const MAX_KEPT_RESULTS = 10_000;

/**
 * Opens one Lambda authorizer. Its result is kept for each identity and serves every method, so the policy is evaluated
 * anew for each call. Refusals by the function (`Unauthorized`) and failures are not kept.
 *
 * The returned function
 * @throws {GatewayResponseError} UNAUTHORIZED, ACCESS_DENIED, AUTHORIZER_FAILURE or AUTHORIZER_CONFIGURATION_ERROR
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function openAuthorizer(definition: AuthorizerDefinition, access: LambdaAccess, sourceArn: string): Authorize {
  const kept = new Map<string, { result: Result; untilMs: number }>();
  return async (call, matched, methodArn) => {
    const identity = readIdentity(definition, call, matched);
    const key = JSON.stringify(identity);
    const found = kept.get(key);
    if (found !== undefined && found.untilMs > access.clock.now()) return admit(found.result, methodArn);
    const event =
      definition.type === 'TOKEN'
        ? { type: 'TOKEN', methodArn, authorizationToken: identity[0] }
        : { type: 'REQUEST', methodArn, ...toRequestEvent(call, matched) };
    const { functionArn } = definition;
    const result = parseResult(await callLambda(access, { functionArn, sourceArn, event, timeoutMs: TIMEOUT_MS }));
    if (definition.resultTtlSeconds > 0) {
      keep(kept, key, { result, untilMs: access.clock.now() + definition.resultTtlSeconds * 1000 });
    }
    return admit(result, methodArn);
  };
}

function readIdentity(definition: AuthorizerDefinition, call: ApiCall, matched: MatchedRequest): string[] {
  const values = definition.identitySources.map(({ in: place, name }) =>
    place === 'header' ? findHeader(call.request.headers, name) : matched.queryParameters[name]?.at(-1),
  );
  const present = values.filter((value): value is string => value !== undefined && value.trim() !== '');
  const isValid = definition.identityValidation?.test(present[0] ?? '') ?? true;
  if (present.length < values.length || !isValid) throw new GatewayResponseError('UNAUTHORIZED', 'Unauthorized');
  return present;
}

function admit(result: Result, methodArn: string): Admission {
  const decision = evaluatePolicy(result.policy, methodArn);
  if (decision === 'allow') return result;
  const suffix = decision === 'explicit-deny' ? ' with an explicit deny' : '';
  throw new GatewayResponseError('ACCESS_DENIED', `User is not authorized to access this resource${suffix}`, {
    log: `The authorizer's policy gives ${decision} for ${methodArn}`,
  });
}

function parseResult(outcome: LambdaOutcome): Result {
  switch (outcome.kind) {
    case 'forbidden':
      throw configurationError('Invalid permissions on Lambda function');
    case 'refused':
      throw new GatewayResponseError('AUTHORIZER_FAILURE', null, { log: `Authorizer failed: ${outcome.reason}` });
    case 'timed-out':
      throw new GatewayResponseError('AUTHORIZER_FAILURE', null, {
        log: `Authorizer failed: no answer in ${TIMEOUT_MS} ms`,
      });
    case 'answered':
      break;
  }
  const payload = parseJson(outcome.payload);
  if (outcome.functionError !== undefined) {
    if (payload.errorMessage === 'Unauthorized') throw new GatewayResponseError('UNAUTHORIZED', 'Unauthorized');
    throw configurationError(`the function failed: ${outcome.payload}`);
  }
  const { principalId, policyDocument, context, usageIdentifierKey } = payload;
  if (typeof principalId !== 'string' || principalId === '') {
    throw configurationError(`principalId must be a non-empty string, got ${JSON.stringify(principalId)}`);
  }
  if (!['undefined', 'string'].includes(typeof usageIdentifierKey)) {
    throw configurationError(`usageIdentifierKey must be a string, got ${JSON.stringify(usageIdentifierKey)}`);
  }
  return {
    policy: toPolicy(policyDocument),
    context: { ...toStrings(context ?? {}), principalId },
    ...(typeof usageIdentifierKey === 'string' && { usageIdentifierKey }),
  };
}

function toPolicy(policyDocument: unknown): Policy {
  try {
    return parsePolicy(policyDocument);
  } catch (error) {
    throw configurationError(error instanceof Error ? error.message : String(error));
  }
}

/** API Gateway hands every value on as a string and takes no other types. */
function toStrings(context: unknown): Record<string, string | null> {
  if (typeof context !== 'object')
    throw configurationError(`context must be an object, got ${JSON.stringify(context)}`);
  return Object.fromEntries(
    Object.entries(context ?? {}).map(([name, value]) => {
      if (value === null) return [name, null];
      if (['string', 'number', 'boolean'].includes(typeof value)) return [name, String(value)];
      throw configurationError(`context.${name} must be a string, number or boolean, got ${JSON.stringify(value)}`);
    }),
  );
}

function parseJson(payload: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(payload);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: text that is not JSON is as wrong as JSON that is not an object.
  }
  throw configurationError(`the result must be an object, got ${payload.slice(0, 100)}`);
}

function configurationError(reason: string): GatewayResponseError {
  return new GatewayResponseError('AUTHORIZER_CONFIGURATION_ERROR', null, {
    log: `Execution failed due to configuration error: Authorizer: ${reason}`,
  });
}

function keep<T>(kept: Map<string, T>, key: string, value: T): void {
  // A Map keeps the order of insertion, so the first key is the oldest result.
  kept.delete(key);
  const oldest = kept.keys().next().value;
  if (kept.size >= MAX_KEPT_RESULTS && oldest !== undefined) kept.delete(oldest);
  kept.set(key, value);
}
