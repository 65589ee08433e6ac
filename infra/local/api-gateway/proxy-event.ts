import type { ApiCall, RequestContext } from './api-call';
import { lastValues } from './http-message';

/** What a matched request has beyond the request itself, decoded. */
export interface MatchedRequest {
  resourcePath: string;
  pathParameters: Record<string, string>;
  queryParameters: Record<string, string[]>;
}

/** The members that a Lambda function and a REQUEST authorizer both get. */
export interface RequestEvent {
  resource: string;
  path: string;
  httpMethod: string;
  headers: Record<string, string> | null;
  multiValueHeaders: Record<string, readonly string[]> | null;
  queryStringParameters: Record<string, string> | null;
  multiValueQueryStringParameters: Record<string, string[]> | null;
  pathParameters: Record<string, string> | null;
  stageVariables: Record<string, string> | null;
  requestContext: RequestContext;
}

/**
 * The event of a Lambda proxy integration, format version 1.0. A map without entries is `null`, as is an empty body.
 *
 * The API has no binary media types, so a body is always text and `isBase64Encoded` always false.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function toProxyEvent(
  call: ApiCall,
  matched: MatchedRequest,
): RequestEvent & { body: string | null; isBase64Encoded: boolean } {
  const { body } = call.request;
  return {
    ...toRequestEvent(call, matched),
    body: body.length === 0 ? null : body.toString('utf8'),
    isBase64Encoded: false,
  };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html */
export function toRequestEvent(call: ApiCall, matched: MatchedRequest): RequestEvent {
  return {
    resource: matched.resourcePath,
    path: call.request.rawPath,
    httpMethod: call.request.method,
    headers: nullWhenEmpty(lastValues(call.headers)),
    multiValueHeaders: nullWhenEmpty(call.headers),
    queryStringParameters: nullWhenEmpty(lastValues(matched.queryParameters)),
    multiValueQueryStringParameters: nullWhenEmpty(matched.queryParameters),
    pathParameters: nullWhenEmpty(matched.pathParameters),
    stageVariables: null,
    requestContext: call.requestContext,
  };
}

function nullWhenEmpty<T extends object>(map: T): T | null {
  return Object.keys(map).length === 0 ? null : map;
}
