import type { ApiCall } from './api-call';
import { GatewayResponseError } from './gateway-response-error';
import type { HttpAnswer } from './http-message';
import { callLambda, type LambdaAccess } from './lambda-call';
import { parseProxyAnswer } from './proxy-answer';
import { type MatchedRequest, toProxyEvent } from './proxy-event';
import type { LambdaIntegration } from './read-methods';
import { MAX_PAYLOAD_BYTES } from './request-limits';

const MESSAGE = 'Internal server error';

/**
 * Has a method's function answer a call. The gateway never repeats an invocation.
 *
 * @throws {GatewayResponseError} API_CONFIGURATION_ERROR (500) without permission and for an answer over 10 MB,
 * INTEGRATION_TIMEOUT (504), INTEGRATION_FAILURE with 500 when the invocation is refused, with 502 when the function fails
 * or its result is malformed
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
 */
export async function integrate(
  access: LambdaAccess,
  { functionArn, timeoutMs }: LambdaIntegration,
  call: ApiCall,
  matched: MatchedRequest,
  sourceArn: string,
): Promise<HttpAnswer> {
  const outcome = await callLambda(access, { functionArn, sourceArn, event: toProxyEvent(call, matched), timeoutMs });
  switch (outcome.kind) {
    case 'forbidden':
      throw failure(
        call,
        'API_CONFIGURATION_ERROR',
        500,
        'Execution failed due to configuration error: Invalid permissions on Lambda function',
      );
    case 'refused':
      throw failure(call, 'INTEGRATION_FAILURE', 500, `Lambda invocation failed: ${outcome.reason}`);
    case 'timed-out':
      call.outcome.integrationErrorMessage = `no answer in ${timeoutMs} ms`;
      throw new GatewayResponseError('INTEGRATION_TIMEOUT', 'Endpoint request timed out', {
        log: 'Execution failed due to a timeout error',
      });
    case 'answered':
      return toAnswer(call, outcome);
  }
}

function toAnswer(call: ApiCall, outcome: { payload: string; functionError?: string }): HttpAnswer {
  if (outcome.functionError !== undefined) {
    const line = `Lambda execution failed with status 200 due to customer function error: ${outcome.payload}`;
    throw failure(call, 'INTEGRATION_FAILURE', 502, line);
  }
  const parsed = parseProxyAnswer(outcome.payload);
  if ('answer' in parsed) {
    const { length } = parsed.answer.body;
    if (length <= MAX_PAYLOAD_BYTES) return parsed.answer;
    const tooLong = `Integration response of reported length ${length} is larger than allowed maximum of ${MAX_PAYLOAD_BYTES} bytes`;
    throw failure(call, 'API_CONFIGURATION_ERROR', 500, `Execution failed due to configuration error: ${tooLong}`);
  }
  const line = `Execution failed due to configuration error: Malformed Lambda proxy response: ${parsed.malformed}`;
  throw failure(call, 'INTEGRATION_FAILURE', 502, line);
}

function failure(
  call: ApiCall,
  type: 'API_CONFIGURATION_ERROR' | 'INTEGRATION_FAILURE',
  status: number,
  log: string,
): GatewayResponseError {
  call.outcome.integrationErrorMessage = log;
  return new GatewayResponseError(type, MESSAGE, { status, log });
}
