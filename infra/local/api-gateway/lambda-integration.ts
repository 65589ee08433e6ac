import type { ApiCall } from './api-call';
import { GatewayResponseError } from './gateway-response';
import type { HttpAnswer } from './http-message';
import { callLambda, type LambdaOutcome } from './lambda-call';
import { parseProxyAnswer } from './proxy-answer';
import { type MatchedRequest, toProxyEvent } from './proxy-event';
import type { LambdaIntegration } from './read-methods';
import { MAX_PAYLOAD_BYTES } from './request-limits';
import type { RestApiOptions } from './rest-api';

/** Which gateway response, with which status, stands for a call of a function that did not take place or end. */
const FAILURES = {
  forbidden: ['API_CONFIGURATION_ERROR', 500, 'Internal server error'],
  refused: ['INTEGRATION_FAILURE', 500, 'Internal server error'],
  'timed-out': ['INTEGRATION_TIMEOUT', 504, 'Endpoint request timed out'],
} as const;

/**
 * Has a method's function answer a call. The gateway never repeats an invocation. Why it failed is what
 * `$context.integrationErrorMessage` says.
 *
 * @throws {GatewayResponseError} API_CONFIGURATION_ERROR (500) without permission and for an answer over 10 MB,
 * INTEGRATION_TIMEOUT (504), INTEGRATION_FAILURE with 500 when the invocation is refused, with 502 when the function fails
 * or its result is malformed
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
 */
export async function integrate(
  options: RestApiOptions,
  { functionArn, timeoutMs }: LambdaIntegration,
  call: ApiCall,
  matched: MatchedRequest,
  sourceArn: string,
): Promise<HttpAnswer> {
  const event = toProxyEvent(call, matched);
  const { traceHeader } = call.segment;
  const outcome = await callLambda(options, { functionArn, sourceArn, event, timeoutMs, traceHeader });
  if ('failure' in outcome) {
    const [type, status, message] = FAILURES[outcome.failure];
    call.outcome.integrationErrorMessage = `Execution failed: ${outcome.reason}`;
    throw new GatewayResponseError(type, message, status);
  }
  const answer = toAnswer(call, outcome);
  const { length } = answer.body;
  if (length <= MAX_PAYLOAD_BYTES) return answer;
  call.outcome.integrationErrorMessage = `Integration response of reported length ${length} is larger than allowed maximum of ${MAX_PAYLOAD_BYTES} bytes`;
  throw new GatewayResponseError('API_CONFIGURATION_ERROR', 'Internal server error');
}

function toAnswer(call: ApiCall, outcome: Exclude<LambdaOutcome, { failure: string }>): HttpAnswer {
  try {
    if (outcome.functionError === undefined) return parseProxyAnswer(outcome.payload);
    call.outcome.integrationErrorMessage = `Lambda execution failed due to customer function error: ${outcome.payload}`;
  } catch (error) {
    call.outcome.integrationErrorMessage = `Malformed Lambda proxy response: ${(error as Error).message}`;
  }
  throw new GatewayResponseError('INTEGRATION_FAILURE', 'Internal server error', 502);
}
