import type { ApiCall } from './api-call';

/** What a matched request has beyond the request itself, decoded. */
export interface MatchedRequest {
  resourcePath: string;
  pathParameters: Record<string, string>;
  queryParameters: Record<string, string[]>;
}

/**
 * The event of a Lambda proxy integration, format version 1.0. A map without entries is `null`, as is an empty body.
 *
 * The API has no binary media types, so a body is always text and `isBase64Encoded` always false.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function toProxyEvent({ request, headers, requestContext }: ApiCall, matched: MatchedRequest): object {
  const { resourcePath, pathParameters, queryParameters } = matched;
  return {
    resource: resourcePath,
    path: request.rawPath,
    httpMethod: request.method,
    headers: nullWhenEmpty(lastValues(headers)),
    multiValueHeaders: nullWhenEmpty(headers),
    queryStringParameters: nullWhenEmpty(lastValues(queryParameters)),
    multiValueQueryStringParameters: nullWhenEmpty(queryParameters),
    pathParameters: nullWhenEmpty(pathParameters),
    stageVariables: null,
    requestContext,
    body: request.body.length === 0 ? null : request.body.toString('utf8'),
    isBase64Encoded: false,
  };
}

/** Each name with its last value, which is what API Gateway puts into single-valued maps. */
function lastValues(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));
}

function nullWhenEmpty(map: object): object | null {
  return Object.keys(map).length === 0 ? null : map;
}
