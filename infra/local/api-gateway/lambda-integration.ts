import type { ApiCall } from './api-call';
import { GatewayResponseError } from './gateway-response-error';
import type { HttpAnswer } from './http-message';
import { callLambda, type LambdaAccess } from './lambda-call';
import { parseProxyAnswer } from './proxy-answer';
import { type MatchedRequest, toProxyEvent } from './proxy-event';
import type { MethodDefinition } from './read-methods';

const MESSAGE = 'Internal server error';

/**
 * Has a method's function answer a call. The gateway never repeats an invocation.
 *
 * @throws {GatewayResponseError} API_CONFIGURATION_ERROR (500) without permission, INTEGRATION_TIMEOUT (504),
 * INTEGRATION_FAILURE with 500 when the invocation is refused, with 502 when the function fails or its result is malformed
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway-errors.html
 */
export async function integrate(
  access: LambdaAccess,
  method: MethodDefinition,
  call: ApiCall,
  matched: MatchedRequest,
  sourceArn: string,
): Promise<HttpAnswer> {
  const { functionArn, timeoutMs } = method;
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
  if ('answer' in parsed) return parsed.answer;
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
