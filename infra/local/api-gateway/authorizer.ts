import type { ApiCall } from './api-call';
import { evaluatePolicy, type Policy, parsePolicy } from './authorizer-policy';
import { GatewayResponseError } from './gateway-response';
import { findHeader } from './http-message';
import { callLambda, type LambdaOutcome } from './lambda-call';
import type { AuthorizerDefinition } from './read-authorizers';
import type { RestApiOptions } from './rest-api';

/** Decides whether a call may go on, and notes in its context what the authorizer said of the caller. */
export type Authorize = (call: ApiCall, methodArn: string) => Promise<void>;

interface Result {
  policy: Policy;
  /** What the function gets as `requestContext.authorizer`. */
  context: Record<string, string | null>;
}

/** How long the gateway waits for an authorizer. */
const TIMEOUT_MS = 29_000;
/** Bounds the memory that kept results can take. */
const MAX_KEPT_RESULTS = 10_000;

/**
 * Opens one TOKEN authorizer. Its result is kept for each token and serves every method, so the policy is evaluated anew
 * for each call. Refusals by the function (`Unauthorized`) and failures are not kept.
 *
 * The returned function
 * @throws {GatewayResponseError} UNAUTHORIZED, ACCESS_DENIED, AUTHORIZER_FAILURE or AUTHORIZER_CONFIGURATION_ERROR
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function openAuthorizer(
  { functionArn, header, resultTtlSeconds }: AuthorizerDefinition,
  options: RestApiOptions,
  sourceArn: string,
): Authorize {
  const kept = new Map<string, { result: Result; untilMs: number }>();
  return async (call, methodArn) => {
    const token = findHeader(call.request.headers, header);
    if (!token?.trim()) throw new GatewayResponseError('UNAUTHORIZED', 'Unauthorized');
    const found = kept.get(token);
    let result = found && found.untilMs > options.clock.now() ? found.result : undefined;
    if (result === undefined) {
      const event = { type: 'TOKEN', methodArn, authorizationToken: token };
      const { traceHeader } = call.segment;
      const asked = { functionArn, sourceArn, event, timeoutMs: TIMEOUT_MS, traceHeader };
      result = toResult(call, await callLambda(options, asked));
      if (kept.size >= MAX_KEPT_RESULTS) kept.clear();
      kept.set(token, { result, untilMs: options.clock.now() + resultTtlSeconds * 1000 });
    }
    const decision = evaluatePolicy(result.policy, methodArn);
    if (decision !== 'allow') {
      const suffix = decision === 'explicit-deny' ? ' with an explicit deny' : '';
      throw new GatewayResponseError('ACCESS_DENIED', `User is not authorized to access this resource${suffix}`);
    }
    call.requestContext.authorizer = result.context;
  };
}

function toResult(call: ApiCall, outcome: LambdaOutcome): Result {
  const fail = (type: 'AUTHORIZER_FAILURE' | 'AUTHORIZER_CONFIGURATION_ERROR', reason: string) => {
    call.outcome.authorizer = { error: reason };
    return new GatewayResponseError(type, null);
  };
  if ('failure' in outcome) {
    const isForbidden = outcome.failure === 'forbidden';
    throw fail(isForbidden ? 'AUTHORIZER_CONFIGURATION_ERROR' : 'AUTHORIZER_FAILURE', outcome.reason);
  }
  try {
    const payload = Object(JSON.parse(outcome.payload)) as Record<string, unknown>;
    if (outcome.functionError === undefined) return parseResult(payload);
    if (payload.errorMessage === 'Unauthorized') throw new GatewayResponseError('UNAUTHORIZED', 'Unauthorized');
    throw new Error(`the function failed: ${outcome.payload}`);
  } catch (error) {
    if (error instanceof GatewayResponseError) throw error;
    throw fail('AUTHORIZER_CONFIGURATION_ERROR', (error as Error).message);
  }
}

function parseResult({ principalId, policyDocument, context }: Record<string, unknown>): Result {
  if (typeof principalId !== 'string' || principalId === '') {
    throw new Error(`principalId must be a non-empty string, got ${JSON.stringify(principalId)}`);
  }
  // API Gateway hands every value on as a string and takes no other types.
  const texts = Object.entries(context ?? {}).map(([name, value]) => {
    if (value === null) return [name, null];
    if (['string', 'number', 'boolean'].includes(typeof value)) return [name, String(value)];
    throw new Error(`context.${name} must be a string, number or boolean, got ${JSON.stringify(value)}`);
  });
  return { policy: parsePolicy(policyDocument), context: { ...Object.fromEntries(texts), principalId } };
}
